#include "commands/git_builds.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/fit.hpp"
#include "build/git_checkout.hpp"
#include "commands/folder_builds.hpp"
#include "commands/own_builds.hpp"
#include "commands/rust_builds.hpp"
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
// interpreter, which stands for the machine; of the target only what compilers know, or that it is this machine.
std::string key_for(Compilers compilers, const SelectedDistribution& one, const Settings& settings,
                    const Target& target, const BuildOptions& options) {
  return sha256_of("git build 2\n" + environment_key({}, options, settings.project) + "\n" + one.source.subdirectory +
                   "\n" + one.source.resolved_reference + "\n" +
                   (target.machine ? "machine" : key_of(compilers, settings)) + "\n" +
                   join(own_variables(one.name, settings), "\n"))
      .hex();
}

struct Copy {
  fs::path folder;
  BuildSystem build_system;
  Compilers compilers;
};

// In a copy: backends write into the source (compilers' output, a version's file), and the next build must not see it.
Copy copied(const SelectedDistribution& one, const fs::path& checkout, const Target& target, const fs::path& scratch) {
  fs::path folder = scratch / "source";
  fs::copy(checkout, folder, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  if (!one.source.subdirectory.empty()) folder /= one.source.subdirectory;
  if (!fs::is_directory(folder)) throw Error("it has no folder " + quote(one.source.subdirectory), "lock it again");
  BuildSystem build_system = build_system_of(folder);
  const Compilers compilers = compilers_of(folder, build_system, target, [&folder] { return files_below(folder); });
  return {std::move(folder), std::move(build_system), compilers};
}

}  // namespace

fs::path build_commit(const SelectedDistribution& one, const fs::path& lock_folder, const Settings& settings,
                      const Target& target, const BuildOptions& options, const Store& store) {
  const Source& source = one.source;
  const auto key = [&](Compilers compilers) { return key_for(compilers, one, settings, target, options); };
  std::optional<fs::path> wheel;
  for (const Compilers compilers : {Compilers::none, Compilers::c, Compilers::rust}) {
    if (!wheel) wheel = store.built(key(compilers));
  }
  if (!wheel) {
    const TemporaryFolder scratch(plain_scratch_parent(store), "lambda-pack-");
    try {
      const fs::path checkout = git_checkout({repository_of(source, lock_folder), source.resolved_reference,
                                              source.reference, one.name.str(), store.root() / "git", options.offline});
      const Copy copy = copied(one, checkout, target, scratch.path());
      if (copy.build_system.backend == "maturin") leave_out_folder_names(copy.folder);
      wheel = store.adopt_built(build_own_wheel({one.name.str(), one.name}, copy.folder, copy.build_system,
                                                copy.compilers, settings, target, options, scratch.path()));
      store.remember_built(key(copy.compilers), *wheel);
    } catch (const Error& error) {
      throw error.within("building " + one.name.str() + " from " + origin_of(source));
    }
  }
  require_wheel_of(one.name, *wheel, origin_of(source));
  require_fit(WheelName::parse(wheel->filename().string()).value(), target);
  return *wheel;
}

}  // namespace lambda_pack
