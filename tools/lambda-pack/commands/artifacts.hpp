// What the steps leave for each other in a build tree: selection.json, fetched.json, wheel.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/sha256.hpp"

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

// wheel.json: the project's own wheel, by its path relative to wheel.json, and its digest.
std::string project_wheel_json(const std::string& relative_path, const Sha256& digest);
// The wheel's absolute path, under the same conditions as read_fetched.
std::optional<std::filesystem::path> read_project_wheel(const std::filesystem::path& file);

}  // namespace lambda_pack
