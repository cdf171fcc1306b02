#include "commands/project_description.hpp"

#include <array>
#include <cstdlib>
#include <initializer_list>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::array kLockNames{"poetry.lock", "uv.lock", "pylock.toml", "requirements.txt"};

// The first of the files that is in the folder.
std::optional<fs::path> first_there(const fs::path& folder, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (fs::exists(folder / name)) return folder / name;
  }
  return std::nullopt;
}

// The lock of a uv workspace lies at its root; reading it shows whether the project is a member.
std::optional<fs::path> workspace_lock(const fs::path& member) {
  for (fs::path folder = fs::absolute(member); folder.has_relative_path();) {
    folder = folder.parent_path();
    if (const auto lock = first_there(folder, {"uv.lock"})) return lock;
  }
  return std::nullopt;
}

// requirements.txt and pylock.toml say all by themselves.
bool has_lock_of_its_own(const Settings& settings) {
  const fs::path lock = settings.lock.empty()
                            ? first_there(settings.project, {"pylock.toml", "requirements.txt"}).value_or("")
                            : settings.lock;
  if (lock.empty()) return false;
  const LockFormat format = lock_format(lock.filename().string());
  return format == LockFormat::pylock || format == LockFormat::requirements;
}

}  // namespace

fs::path lock_file(const Settings& settings) {
  if (!settings.lock.empty()) return settings.lock;
  std::vector<std::string> there;
  for (const char* name : kLockNames) {
    if (fs::exists(settings.project / name)) there.emplace_back(name);
  }
  const std::string folder = settings.project.string();
  if (there.empty()) {
    if (const auto lock = workspace_lock(settings.project)) return *lock;
    // Named, so that it is refused with the way out.
    if (const auto lock = first_there(settings.project, {"pdm.lock", "Pipfile.lock"})) return *lock;
    throw Error(folder + " has no lock: none of poetry.lock, uv.lock, pylock.toml, requirements.txt",
                "make one (`poetry lock`, `uv lock`), or name it: LOCK <file>");
  }
  if (there.size() > 1) {
    throw Error(folder + " has " + std::to_string(there.size()) + " locks: " + join(there),
                "say which one counts: LOCK " + there.front());
  }
  return settings.project / there.front();
}

std::set<fs::path> lock_files_of(const fs::path& project) {
  std::set<fs::path> files;
  for (const char* name : kLockNames) files.insert(project / name);
  return files;
}

Project described_project(const Settings& settings) {
  const fs::path file = settings.project / "pyproject.toml";
  const std::optional<std::string> text = read_file_if_there(file);
  if (text) return read_project(*text, file.string());
  if (fs::is_directory(settings.project) && has_lock_of_its_own(settings)) return {};
  throw Error("there is no " + file.string(),
              "SOURCE_DIR (--project) names the folder of the Python project, the one with pyproject.toml; a folder of "
              "scripts needs a requirements.txt, which may be empty");
}

LockSurroundings lock_surroundings(std::set<fs::path>* read) {
  return {[read](const std::string& path) {
            if (read != nullptr) read->insert(path);
            return read_file_if_there(path);
          },
          [](const std::string& name) {
            const char* value = std::getenv(name.c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
          }};
}

}  // namespace lambda_pack
