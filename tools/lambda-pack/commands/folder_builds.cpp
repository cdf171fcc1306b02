#include "commands/folder_builds.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/fit.hpp"
#include "build/virtual_environment.hpp"
#include "commands/own_builds.hpp"
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
  return folder;
}

Inputs inputs_of(const fs::path& folder) {
  std::set<fs::path> locks;  // no backend reads them
  for (const char* name : {"poetry.lock", "uv.lock", "pylock.toml"}) locks.insert(folder / name);
  return project_inputs(folder, locks);
}

// What a wheel of the folder depends on: what its backend may read, and what runs it.
std::string content_key(const SelectedDistribution& one, const fs::path& folder, Compilers compilers,
                        const std::set<fs::path>& files, const Settings& settings, const BuildOptions& options) {
  Sha256Hasher hasher;
  hasher.update("folder build 2\n" + environment_key(build_system_of(folder), options, folder) + "\n" +
                key_of(compilers, settings) + "\n" + join(own_variables(one.name, settings), "\n") + "\n");
  for (const fs::path& file : files) {
    const bool executable = (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
    hasher.update(file.lexically_relative(folder).string() + (executable ? " x " : " - ") + sha256_of_file(file).hex() +
                  "\n");
  }
  return hasher.finish().hex();
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

BuildSystem build_system_of(const fs::path& folder) {
  const fs::path file = folder / "pyproject.toml";
  const std::optional<std::string> text = read_file_if_there(file);
  if (!text && !fs::exists(folder / "setup.py")) {
    throw Error(folder.string() + " has neither pyproject.toml nor setup.py, so it cannot be built",
                "give it a pyproject.toml with a [build-system]");
  }
  return (text ? read_build_system(*text, file.string()) : std::nullopt).value_or(legacy_build_system());
}

Inputs folder_inputs(const Selection& selection, const fs::path& lock_folder) {
  Inputs all;
  for (const SelectedDistribution& one : selection.distributions) {
    if (!is_folder(one)) continue;
    const Inputs inputs = inputs_of(folder_of(one, lock_folder));
    all.files.insert(inputs.files.begin(), inputs.files.end());
    all.folders.insert(inputs.folders.begin(), inputs.folders.end());
  }
  return all;
}

void require_wheel_of(const DistributionName& name, const fs::path& wheel, const std::string& origin) {
  const WheelName built = WheelName::parse(wheel.filename().string()).value();
  if (built.name == name) return;
  throw Error(origin + " builds " + built.name.str() + ", but the lock takes " + name.str() + " from it",
              "correct the dependency, or lock again");
}

std::string editable_folder_key(const SelectedDistribution& one, const fs::path& lock_folder) {
  return editable_key(folder_of(one, lock_folder));
}

fs::path build_editable_folder(const SelectedDistribution& one, const fs::path& lock_folder, const fs::path& output,
                               const BuildOptions& options, const Store& store) {
  const fs::path folder = folder_of(one, lock_folder);
  const FileLock lock = locked(folder, store);
  const fs::path wheel = build_editable(folder, build_system_of(folder), output, options);
  require_wheel_of(one.name, wheel, folder.string());
  return wheel;
}

fs::path build_folder(const SelectedDistribution& one, const fs::path& lock_folder, const Settings& settings,
                      const Target& target, const BuildOptions& options, const Store& store) {
  const fs::path folder = folder_of(one, lock_folder);
  const FileLock lock = locked(folder, store);
  const BuildSystem build_system = build_system_of(folder);
  const std::set<fs::path> files = inputs_of(folder).files;
  const Compilers compilers = compilers_of(folder, build_system, target, [&files] { return files; });
  const std::string key = content_key(one, folder, compilers, files, settings, options);
  std::optional<fs::path> wheel = store.built(key);  // by another package that needs the folder, most likely
  if (!wheel) {
    const TemporaryFolder scratch(plain_scratch_parent(store), "lambda-pack-");
    wheel = store.adopt_built(build_own_wheel({folder.string(), one.name}, folder, build_system, compilers, settings,
                                              target, options, scratch.path()));
  }
  require_wheel_of(one.name, *wheel, folder.string());
  require_fit(WheelName::parse(wheel->filename().string()).value(), target);
  store.remember_built(key, *wheel);
  return *wheel;
}

}  // namespace lambda_pack
