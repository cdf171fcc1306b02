#include "commands/folder_builds.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/fit.hpp"
#include "lock/project.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// A path in a lock is relative to the lock.
fs::path folder_of(const SelectedDistribution& one, const fs::path& lock_folder) {
  fs::path folder = fs::absolute(lock_folder) / one.source.url;
  if (!one.source.subdirectory.empty()) folder /= one.source.subdirectory;
  folder = folder.lexically_normal();
  if (!fs::is_directory(folder)) {
    throw Error(folder.string() + ", from which the lock takes " + one.name.str() + ", is not there",
                "bring the folder, or correct the dependency's path and lock again");
  }
  if (!fs::exists(folder / "pyproject.toml") && !fs::exists(folder / "setup.py")) {
    throw Error(folder.string() + ", from which the lock takes " + one.name.str() +
                    ", has neither pyproject.toml nor setup.py, so it cannot be built",
                "give it a pyproject.toml with a [build-system]");
  }
  return folder;
}

BuildSystem build_system_of(const fs::path& folder) {
  const fs::path file = folder / "pyproject.toml";
  const std::optional<std::string> text = read_file_if_there(file);
  return (text ? read_build_system(*text, file.string()) : std::nullopt).value_or(legacy_build_system());
}

// Some backends use files beside the source while they build: one at a time, of all packages that need the folder.
FileLock locked(const fs::path& folder, const Store& store) {
  const fs::path locks = store.root() / "locks";
  std::error_code error;
  fs::create_directories(locks, error);
  if (error) throw_system_error("making the folder", locks, error.value());
  return FileLock(locks / sha256_of(folder.string()).hex());
}

}  // namespace

Inputs folder_inputs(const Selection& selection, const fs::path& lock_folder) {
  Inputs all;
  for (const SelectedDistribution& one : selection.distributions) {
    if (!is_folder(one)) continue;
    const fs::path folder = folder_of(one, lock_folder);
    std::set<fs::path> locks;  // no backend reads them
    for (const char* name : {"poetry.lock", "uv.lock", "pylock.toml"}) locks.insert(folder / name);
    const Inputs inputs = project_inputs(folder, locks);
    all.files.insert(inputs.files.begin(), inputs.files.end());
    all.folders.insert(inputs.folders.begin(), inputs.folders.end());
  }
  return all;
}

fs::path build_folder(const SelectedDistribution& one, const fs::path& lock_folder, const Target& target,
                      const BuildOptions& options, const Store& store) {
  const fs::path folder = folder_of(one, lock_folder);
  const FileLock lock = locked(folder, store);
  const TemporaryFolder scratch(store.root() / "scratch");
  const fs::path built = build_wheel(folder, build_system_of(folder), scratch.path(), options);
  const WheelName name = WheelName::parse(built.filename().string()).value();
  if (name.name != one.name) {
    throw Error(folder.string() + " builds " + name.name.str() + ", but the lock takes " + one.name.str() + " from it",
                "correct the dependency's path, or lock again");
  }
  require_fit(name, target);
  return store.adopt_built(built);
}

}  // namespace lambda_pack
