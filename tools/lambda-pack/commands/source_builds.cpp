#include "commands/source_builds.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/backend.hpp"
#include "commands/heavy.hpp"
#include "commands/native_builds.hpp"
#include "commands/rust_builds.hpp"
#include "commands/source_build_errors.hpp"
#include "lock/project.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

BuildSystem build_system_of(const fs::path& source, const std::string& file) {
  const std::optional<std::string> pyproject = read_file_if_there(source / "pyproject.toml");
  return (pyproject ? read_build_system(*pyproject, file + "/pyproject.toml") : std::nullopt)
      .value_or(legacy_build_system());
}

// Where the lock says that the project is, in what was unpacked.
fs::path project_in(const fs::path& unpacked, const SelectedDistribution& one) {
  if (one.source.subdirectory.empty()) return unpacked;
  const fs::path folder = (unpacked / one.source.subdirectory).lexically_normal();
  const std::string within = folder.lexically_relative(unpacked).string();
  if (!fs::is_directory(folder) || within.starts_with("..")) {
    throw Error(one.file.name + " has no folder " + quote(one.source.subdirectory) + ", from which the lock takes " +
                    one.name.str(),
                "lock it again");
  }
  return folder;
}

// Everything that the bytes of the sdist's wheel may depend on and that is known before it is unpacked; a wheel that no
// compiler had a part in depends on nothing `of_target`.
std::string key_of(const SelectedDistribution& one, const Settings& settings, const std::string& of_target) {
  std::string text = "source build 5\n" + one.file.name + "\n" + settings.python + "\n" + of_target;
  for (const std::string& variable : own_variables(one.name, settings)) text += variable + "\n";
  for (const FileHash& hash : one.file.hashes) text += hash.str() + "\n";
  if (!one.source.subdirectory.empty()) text += "in " + one.source.subdirectory + "\n";
  return sha256_of(text).hex();
}

std::string key_for(Compilers compilers, const SelectedDistribution& one, const Settings& settings) {
  return key_of(one, settings, key_of(compilers, settings) + "\n");
}

std::string key_for_all(const SelectedDistribution& one, const Settings& settings) { return key_of(one, settings, ""); }

bool runs_on_all(const fs::path& wheel) {
  const auto name = WheelName::parse(wheel.filename().string());
  return name && std::find(name->tags.begin(), name->tags.end(), Tag{"py3", "none", "any"}) != name->tags.end();
}

}  // namespace

std::optional<fs::path> built_before(const SelectedDistribution& one, const Settings& settings, const Store& store) {
  if (auto wheel = store.built(key_for_all(one, settings))) return wheel;
  if (auto wheel = store.built(key_for(Compilers::c, one, settings))) return wheel;
  return store.built(key_for(Compilers::rust, one, settings));
}

fs::path build_sdist(const SelectedDistribution& one, const Settings& settings, const BuildOptions& given,
                     const Store& store) {
  const std::optional<fs::path> sdist = store.find(one.file);
  if (!sdist) throw Error(one.file.name + " is not in the store although it was fetched", "build again");
  const Target target = toolchain_request(settings).target;
  const TemporaryFolder scratch(plain_scratch_parent(store), "lambda-pack-");
  fs::create_directory(scratch.path() / "source");
  const fs::path source = project_in(require_heavy().unpack_sdist(*sdist, scratch.path() / "source"), one);
  const BuildSystem build_system = build_system_of(source, one.file.name);
  const BuildOrigin origin{one.file.name, one.name, true};
  BuildOptions options = given;
  const Compilers compilers = compilers_of(source, build_system, target, [&source] { return files_below(source); });
  build_for_target(compilers, origin, settings, source, scratch.path(), options);
  if (build_system.backend == "maturin") leave_out_folder_names(source);
  fs::path built;
  try {
    built = build_wheel(source, build_system, scratch.path() / "wheel", options);
  } catch (const Error& error) {
    refuse_build(origin, target, error);
  }
  const bool calls = read_file_if_there(scratch.path() / "calls").has_value();
  check_built_wheel(origin, built, target, compilers == Compilers::rust || calls);
  const fs::path stored = store.adopt_built(built);
  const bool serves_all = compilers == Compilers::none && runs_on_all(stored);
  const Compilers kept_for = compilers == Compilers::none ? Compilers::c : compilers;
  store.remember_built(serves_all ? key_for_all(one, settings) : key_for(kept_for, one, settings), stored);
  return stored;
}

}  // namespace lambda_pack
