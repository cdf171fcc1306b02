#include "commands/git_builds.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/fit.hpp"
#include "build/git_checkout.hpp"
#include "commands/folder_builds.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// An address as it is, a path from the lock's folder.
std::string repository_of(const Source& source, const fs::path& lock_folder) {
  const bool is_path = source.url.find(':') == std::string::npos;
  return is_path ? (fs::absolute(lock_folder) / source.url).lexically_normal().string() : source.url;
}

std::string origin_of(const Source& source) {
  return without_credentials(source.url) + " at " + source.resolved_reference;
}

// Everything that went in: the source by its commit, of which the backend and its requirements are a part, and the
// interpreter, which stands for the machine. Not the target, of which the backend knows nothing.
std::string key_of(const Source& source, const fs::path& project, const BuildOptions& options) {
  return sha256_of("git build 1\n" + environment_key({}, options, project) + "\n" + source.subdirectory + "\n" +
                   source.resolved_reference)
      .hex();
}

// In a copy: backends write into the source (compilers' output, a version's file), and the next build must not see it.
fs::path built_in_a_copy(const SelectedDistribution& one, const fs::path& checkout, const BuildOptions& options,
                         const Store& store) {
  const TemporaryFolder scratch(store.root() / "scratch");
  fs::path folder = scratch.path() / "source";
  fs::copy(checkout, folder, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  if (!one.source.subdirectory.empty()) folder /= one.source.subdirectory;
  if (!fs::is_directory(folder)) throw Error("it has no folder " + quote(one.source.subdirectory), "lock it again");
  return build_into_store(folder, options, store);
}

}  // namespace

fs::path build_commit(const SelectedDistribution& one, const fs::path& lock_folder, const fs::path& project,
                      const Target& target, const BuildOptions& options, const Store& store) {
  const Source& source = one.source;
  const std::string key = key_of(source, project, options);
  std::optional<fs::path> wheel = store.built(key);
  if (!wheel) {
    try {
      const fs::path checkout = git_checkout({repository_of(source, lock_folder), source.resolved_reference,
                                              source.reference, one.name.str(), store.root() / "git", options.offline});
      wheel = built_in_a_copy(one, checkout, options, store);
    } catch (const Error& error) {
      throw error.within("building " + one.name.str() + " from " + origin_of(source));
    }
    store.remember_built(key, *wheel);
  }
  require_wheel_of(one.name, *wheel, origin_of(source));
  require_fit(WheelName::parse(wheel->filename().string()).value(), target);
  return *wheel;
}

}  // namespace lambda_pack
