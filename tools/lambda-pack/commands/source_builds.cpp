#include "commands/source_builds.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/backend.hpp"
#include "build/interpreter_memory.hpp"
#include "build/rust.hpp"
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

// Whether a source tree has what a C, C++ or Fortran compiler takes.
bool has_c(const fs::path& source) {
  constexpr std::array<std::string_view, 8> kCompiled = {".c", ".cc", ".cpp", ".cxx", ".pyx", ".f", ".f90", ".f95"};
  const fs::recursive_directory_iterator files(source);
  return std::any_of(begin(files), end(files), [&kCompiled](const fs::directory_entry& entry) {
    return std::find(kCompiled.begin(), kCompiled.end(), entry.path().extension().string()) != kCompiled.end();
  });
}

// "K=V" for each BUILD_ENVIRONMENT `<distribution>:K=V` of this distribution, in order.
std::vector<std::string> own_variables(const SelectedDistribution& one, const Settings& settings) {
  std::vector<std::string> own;
  for (const std::string& text : settings.build_environment) {
    const std::size_t colon = text.find(':');
    const std::size_t sign = text.find('=', colon == std::string::npos ? 0 : colon);
    if (colon == std::string::npos || sign == std::string::npos || sign == colon + 1) {
      throw Error("BUILD_ENVIRONMENT " + quote(text) + " is not <distribution>:<variable>=<value>",
                  "pyyaml:PYYAML_FORCE_LIBYAML=1");
    }
    if (normalize_name(text.substr(0, colon)) == one.name.str()) own.push_back(text.substr(colon + 1));
  }
  return own;
}

// Flags are added to those for the target; everything else counts as it is.
void add_variables(const std::vector<std::string>& own, BuildOptions& options) {
  constexpr std::array<std::string_view, 3> kFlags = {"CFLAGS", "CXXFLAGS", "LDFLAGS"};
  for (const std::string& text : own) {
    const std::string name = text.substr(0, text.find('=')), value = text.substr(text.find('=') + 1);
    std::optional<std::string>& variable = options.variables[name];
    const bool adds = variable && std::find(kFlags.begin(), kFlags.end(), name) != kFlags.end();
    variable = adds ? *variable + " " + value : value;
  }
}

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

// Beside the store, whose file system has room, unless its path has what distutils, configure or make split a
// compiler's path at.
fs::path scratch_parent(const Store& store) {
  fs::path beside = store.root() / "scratch";
  const bool is_plain = beside.string().find_first_of(" \t\n\"'\\$#;") == std::string::npos;
  return is_plain ? beside : temporary_folder_parent();
}

// Everything that the bytes of the sdist's wheel may depend on and that is known before it is unpacked; a wheel that no
// compiler had a part in depends on nothing `of_target`.
std::string key_of(const SelectedDistribution& one, const Settings& settings, const std::string& of_target) {
  std::string text = "source build 5\n" + one.file.name + "\n" + settings.python + "\n" + of_target;
  for (const std::string& variable : own_variables(one, settings)) text += variable + "\n";
  for (const FileHash& hash : one.file.hashes) text += hash.str() + "\n";
  if (!one.source.subdirectory.empty()) text += "in " + one.source.subdirectory + "\n";
  return sha256_of(text).hex();
}

// C and C++ are compiled by a zig and with the headers of a Python, Rust by a rustc as well.
std::string key_for_target(const SelectedDistribution& one, const Settings& settings, bool rust) {
  const ToolchainRequest request = toolchain_request(settings);
  const int minor = request.target.runtime->minor;
  const auto python = remembered_interpreter(minor, "", request.python, request.environments);
  return key_of(one, settings,
                settings.runtime + "\n" + (settings.any_architecture ? "any" : settings.architecture) + "\n" +
                    zig_of(request) + "\n" + (python ? python->version : "") + "\n" +
                    (rust ? rustc_identity(request.environments) : ""));
}

std::string key_for_all(const SelectedDistribution& one, const Settings& settings) { return key_of(one, settings, ""); }

bool runs_on_all(const fs::path& wheel) {
  const auto name = WheelName::parse(wheel.filename().string());
  return name && std::find(name->tags.begin(), name->tags.end(), Tag{"py3", "none", "any"}) != name->tags.end();
}

}  // namespace

std::optional<fs::path> built_before(const SelectedDistribution& one, const Settings& settings, const Store& store) {
  if (auto wheel = store.built(key_for_all(one, settings))) return wheel;
  if (auto wheel = store.built(key_for_target(one, settings, false))) return wheel;
  return store.built(key_for_target(one, settings, true));
}

fs::path build_sdist(const SelectedDistribution& one, const Settings& settings, const BuildOptions& given,
                     const Store& store) {
  const std::optional<fs::path> sdist = store.find(one.file);
  if (!sdist) throw Error(one.file.name + " is not in the store although it was fetched", "build again");
  const Target target = toolchain_request(settings).target;
  const TemporaryFolder scratch(scratch_parent(store), "lambda-pack-");
  fs::create_directory(scratch.path() / "source");
  const fs::path source = project_in(require_heavy().unpack_sdist(*sdist, scratch.path() / "source"), one);
  const BuildSystem build_system = build_system_of(source, one.file.name);
  const bool rust = is_rust(source, build_system);
  BuildOptions options = given;
  // What must run on every architecture can have no machine code.
  const bool needs_compiler = rust || has_c(source);
  if (needs_compiler && !target.any_architecture) {
    if (rust) require_rust(one.file.name, target, source);
    build_for_target(settings, scratch.path(), options);
    if (rust) build_rust_for_target(target, source, scratch.path(), options);
  }
  if (build_system.backend == "maturin") leave_out_folder_names(source);
  add_variables(own_variables(one, settings), options);
  fs::path built;
  try {
    built = build_wheel(source, build_system, scratch.path() / "wheel", options);
  } catch (const Error& error) {
    refuse_build(one, target, error);
  }
  const bool compiled = rust || read_file_if_there(scratch.path() / "calls").has_value();
  check_built_wheel(one, built, target, compiled);
  const fs::path stored = store.adopt_built(built);
  const bool serves_all = !needs_compiler && runs_on_all(stored);
  store.remember_built(serves_all ? key_for_all(one, settings) : key_for_target(one, settings, rust), stored);
  return stored;
}

}  // namespace lambda_pack
