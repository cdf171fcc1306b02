#include "commands/source_builds.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <set>

#include "archive/zip_reader.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "build/backend.hpp"
#include "build/fit.hpp"
#include "commands/heavy.hpp"
#include "commands/native_builds.hpp"
#include "lock/project.hpp"
#include "runtime/system_libraries.hpp"
#include "store/wheel_facts.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// What is written in a source tree: the compiler it takes.
struct Languages {
  bool c = false, rust = false;
};

Languages languages_of(const fs::path& source) {
  constexpr std::array<std::string_view, 8> kCompiled = {".c", ".cc", ".cpp", ".cxx", ".pyx", ".f", ".f90", ".f95"};
  Languages found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source)) {
    const std::string extension = entry.path().extension().string();
    if (std::find(kCompiled.begin(), kCompiled.end(), extension) != kCompiled.end()) found.c = true;
    if (entry.path().filename() == "Cargo.toml") found.rust = true;
  }
  return found;
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

[[noreturn]] void refuse_rust(const std::string& file, const Target& target) {
  const std::string triple = std::string(machine_name(target.architecture)) + "-unknown-linux-gnu";
  if (!find_program("cargo")) {
    throw Error(file + " is written in Rust, and there is no cargo to build it for " + triple,
                "take a release of it that has a wheel for " + target.str());
  }
  throw Error(file + " is written in Rust, which lambda-pack does not build for " + triple,
              "build its wheel by `maturin build --zig --target " + triple + " --compatibility manylinux_2_" +
                  std::to_string(target.runtime->glibc_minor) + "`, and lock that file; or take a release that has a wheel");
}

// What a failed build lacks, as compilers, linkers and backends say it; empty when it says something else.
std::string lacking(const std::string& output) {
  static const std::array<std::pair<std::regex, const char*>, 4> kSigns = {{
      {std::regex(R"('([^'\s]+\.(?:h|hpp|hh))' file not found)"), "the header "},
      {std::regex(R"(unable to find (?:dynamic |static )?(?:system )?library '([^']+)')"), "the library -l"},
      {std::regex(R"((?:cannot find|undefined library) -l(\S+))"), "the library -l"},
      {std::regex(R"((\S+[_-]config)\b[^\n]*not found)"), "the program "},
  }};
  for (const auto& [sign, kind] : kSigns) {
    std::smatch match;
    if (std::regex_search(output, match, sign)) return kind + match[1].str();
  }
  return {};
}

[[noreturn]] void refuse_build(const SelectedDistribution& one, const Target& target, const Error& error) {
  const std::string what = lacking(error.what());
  const std::string name = one.name.str();
  if (what.empty()) throw Error(one.file.name + " cannot be built for " + target.str() + ": " + error.what(), error.hint());
  throw Error(one.file.name + " cannot be built for " + target.str() + ": it needs " + what +
                  ", and this machine's own is not for the target\n" + error.what(),
              "build that library for the target (lambda-pack toolchain has compilers), and name it: BUILD_ENVIRONMENT " + name +
                  ":CFLAGS=-I<folder> " + name + ":LDFLAGS=-L<folder>\nor take a distribution that has it in its wheel");
}

// The wheel's machine code loads on the target, without what only this machine has.
void check_wheel(const SelectedDistribution& one, const fs::path& wheel, const Target& target, bool called_compiler) {
  const MappedFile bytes(wheel);
  const WheelFacts facts = make_wheel_facts(ZipArchive::parse(bytes.bytes(), wheel.filename().string()));
  std::set<std::string> brought;
  for (const WheelElf& file : facts.elf_files) {
    brought.insert(file.entry.substr(file.entry.rfind('/') + 1));
    brought.insert(file.elf.soname);
  }
  const std::string built = one.file.name + " was built, but its " , wanted = target.str();
  for (const WheelElf& file : facts.elf_files) {
    if (file.elf.machine != elf_machine(target.architecture)) {
      throw Error(built + file.entry + " is not for " + wanted + ": its build backend ignores the target",
                  "see what it takes to cross compile it, and give that: BUILD_ENVIRONMENT " + one.name.str() + ":<variable>=<value>");
    }
    if (file.elf.glibc_minor > target.runtime->glibc_minor || file.elf.glibcxx_patch > target.runtime->glibcxx_patch) {
      throw Error(built + file.entry + " needs newer system libraries than " + wanted + " has: its build uses a compiler of "
                  "this machine", "let it use CC and CXX of its environment");
    }
    for (const std::string& library : file.elf.needed) {
      if (brought.contains(library) || runtime_has_library(target, library)) continue;
      throw Error(built + file.entry + " needs " + library + ", which neither its wheel nor " + wanted + " has",
                  "link it statically: BUILD_ENVIRONMENT " + one.name.str() + ":LDFLAGS=-L<folder of the static library>");
    }
  }
  if (facts.elf_files.empty() && called_compiler) {
    warn(one.file.name + ": its build compiled something, and its wheel has no extension module: it fell back to pure Python");
  }
}

BuildSystem build_system_of(const fs::path& source, const std::string& file) {
  const std::optional<std::string> pyproject = read_file_if_there(source / "pyproject.toml");
  return (pyproject ? read_build_system(*pyproject, file + "/pyproject.toml") : std::nullopt)
      .value_or(legacy_build_system());
}

// Beside the store, whose file system has room, unless its path has what distutils, configure or make split a compiler's
// path at.
fs::path scratch_parent(const Store& store) {
  fs::path beside = store.root() / "scratch";
  const bool is_plain = beside.string().find_first_of(" \t\n\"'\\$#;") == std::string::npos;
  return is_plain ? beside : temporary_folder_parent();
}

}  // namespace

std::string source_build_key(const SelectedDistribution& one, const Settings& settings) {
  std::string text = "source build 2\n" + one.file.name + "\n" + settings.runtime + "\n" + settings.architecture + "\n" +
                     settings.python + (settings.any_architecture ? "\nany\n" : "\n") + zig_of(toolchain_request(settings)) + "\n";
  for (const std::string& variable : own_variables(one, settings)) text += variable + "\n";
  for (const FileHash& hash : one.file.hashes) text += hash.str() + "\n";
  return sha256_of(text).hex();
}

fs::path build_sdist(const SelectedDistribution& one, const Settings& settings, const BuildOptions& given,
                     const Store& store) {
  const std::optional<fs::path> sdist = store.find(one.file);
  if (!sdist) throw Error(one.file.name + " is not in the store although it was fetched", "build again");
  const Target target = toolchain_request(settings).target;
  const TemporaryFolder scratch(scratch_parent(store), "lambda-pack-");
  fs::create_directory(scratch.path() / "source");
  const fs::path source = require_heavy().unpack_sdist(*sdist, scratch.path() / "source");
  const Languages languages = languages_of(source);
  if (languages.rust) refuse_rust(one.file.name, target);
  BuildOptions options = given;
  // What must run on every architecture can have no machine code.
  if (languages.c && !target.any_architecture) build_for_target(settings, scratch.path(), options);
  add_variables(own_variables(one, settings), options);
  try {
    const fs::path built = build_wheel(source, build_system_of(source, one.file.name), scratch.path() / "wheel", options);
    require_fit(WheelName::parse(built.filename().string()).value(), target);
    check_wheel(one, built, target, read_file_if_there(scratch.path() / "calls").has_value());
    return store.adopt_built(built);
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(one.file.name) || !languages.c) throw;
    refuse_build(one, target, error);
  }
}

}  // namespace lambda_pack
