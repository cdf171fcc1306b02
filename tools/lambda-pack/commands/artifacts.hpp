// What the steps leave for each other in a build tree: selection.json, fetched.json, wheel.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/sha256.hpp"
#include "build/source_tree.hpp"

namespace lambda_pack {

inline constexpr const char* kSelectionFile = "selection.json";
inline constexpr const char* kRequirementsFile = "requirements.txt";
inline constexpr const char* kFetchedFile = "fetched.json";
inline constexpr const char* kProjectWheelFile = "wheel.json";

// A dependency's wheel in the store.
struct StoredWheel {
  std::string name;
  std::filesystem::path path;
  Sha256 digest;
};

// fetched.json: one row a wheel, in the selection's order.
std::string fetched_json(const std::vector<StoredWheel>& wheels);
// The rows; nothing when the file is missing, of another program, or names a wheel that is not there any more.
std::optional<std::vector<StoredWheel>> read_fetched(const std::filesystem::path& file);

// What a package has of the project itself: the wheel that its backend made, or, of one that is no package, its files.
using ProjectContent = std::variant<std::filesystem::path, SourceTree>;

// wheel.json: the project's own wheel, by its path relative to wheel.json, and its digest; or the names of its files.
std::string project_wheel_json(const std::string& relative_path, const Sha256& digest);
std::string project_files_json(const SourceTree& tree);
// The wheel's absolute path or the files (not the folders listed for them), under the same conditions as read_fetched.
std::optional<ProjectContent> read_project_content(const std::filesystem::path& file);

}  // namespace lambda_pack
