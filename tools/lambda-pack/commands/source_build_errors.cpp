#include "commands/source_build_errors.hpp"

#include <array>
#include <regex>
#include <set>
#include <string>

#include "archive/zip_reader.hpp"
#include "base/text.hpp"
#include "build/fit.hpp"
#include "runtime/system_libraries.hpp"
#include "store/wheel_facts.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// What a failed build lacks, as compilers, linkers, CMake, Meson and backends say it; empty when it is something else.
std::string lacking(const std::string& output) {
  static const std::array<std::pair<std::regex, const char*>, 7> kSigns = {{
      {std::regex(R"('([^'\s]+\.(?:h|hpp|hh))' file not found)"), "the header "},
      {std::regex(R"(unable to find (?:dynamic |static )?(?:system )?library '([^']+)')"), "the library -l"},
      {std::regex(R"((?:cannot find|undefined library) -l(\S+))"), "the library -l"},
      {std::regex(R"(CMake Error[^\n]*\n\s*Could NOT find (\S+))"), "the library "},
      {std::regex(R"re(package configuration file provided by\s+"([^"]+)")re"), "the CMake package "},
      {std::regex(R"re(ERROR: Dependency (?:lookup for )?"?([^"\s]+))re"), "the library "},
      {std::regex(R"(([^\s'"]+[_-]config)\b[^\n]*not found)"), "the program "},
  }};
  for (const auto& [sign, kind] : kSigns) {
    std::smatch match;
    if (std::regex_search(output, match, sign)) return kind + match[1].str();
  }
  return {};
}

std::string hint_to_cross_compile(const BuildOrigin& from, const Target& target) {
  return "see what it takes to cross compile it, and give that: BUILD_ENVIRONMENT " + from.name.str() +
         ":<variable>=<value>" + or_a_release(from, target);
}

std::string machine_text(std::uint16_t machine) {
  for (const Architecture architecture : {Architecture::x86_64, Architecture::arm64}) {
    if (machine == elf_machine(architecture)) return std::string(lambda_name(architecture));
  }
  return "another machine";
}

// What of the file the target's systems do not have: "glibc 2.34"; empty when they have all of it.
std::string too_new(const ElfFacts& elf, const Runtime& runtime) {
  if (elf.glibc_minor > runtime.glibc_minor) return "glibc 2." + std::to_string(elf.glibc_minor);
  if (elf.glibcxx_patch > runtime.glibcxx_patch) return "GLIBCXX_3.4." + std::to_string(elf.glibcxx_patch);
  return {};
}

// Names of the libraries that the wheel brings: as files, and as the loader knows what it has loaded.
std::set<std::string> libraries_of(const WheelFacts& facts) {
  std::set<std::string> names;
  for (const WheelElf& file : facts.elf_files) {
    names.insert(file.entry.substr(file.entry.rfind('/') + 1));
    names.insert(file.elf.soname);
  }
  return names;
}

void check_file(const BuildOrigin& from, const WheelElf& file, const std::set<std::string>& brought,
                const Target& target) {
  const std::string built = from.what + " was built, but its " + file.entry;
  if (file.elf.machine != elf_machine(target.architecture)) {
    throw Error(built + " is for " + machine_text(file.elf.machine) + ", not for " + target.str() +
                    ": its build backend ignores the target",
                hint_to_cross_compile(from, target));
  }
  if (const std::string what = too_new(file.elf, *target.runtime); !what.empty()) {
    throw Error(built + " needs " + what + ", which " + target.str() +
                    " does not have: its build uses a compiler of this machine",
                "let it use CC and CXX of its environment" + or_a_release(from, target));
  }
  for (const std::string& library : file.elf.needed) {
    if (brought.contains(library) || runtime_has_library(target, library)) continue;
    throw Error(built + " needs " + library + ", which neither its wheel nor " + target.str() + " has",
                "link it statically: BUILD_ENVIRONMENT " + from.name.str() +
                    ":LDFLAGS=-L<folder of the static library>" + or_a_release(from, target));
  }
}

}  // namespace

void refuse_build(const BuildOrigin& from, const Target& target, const Error& error) {
  const std::string what = lacking(error.what());
  const std::string name = from.name.str();
  if (what.empty()) {
    throw Error(
        from.what + " cannot be built for " + target.str() + ": " + error.what(),
        "the lines above are its build's own; what it is to be told goes into its environment: BUILD_ENVIRONMENT " +
            name + ":<variable>=<value>" + or_a_release(from, target));
  }
  throw Error(
      from.what + " cannot be built for " + target.str() + ": it needs " + what +
          ", and this machine's own is not for the target\n" + error.what(),
      "build that library for the target (lambda-pack toolchain has compilers), and name it: BUILD_ENVIRONMENT " +
          name + ":CFLAGS=-I<folder> " + name + ":LDFLAGS=-L<folder>" + or_a_release(from, target));
}

void check_built_wheel(const BuildOrigin& from, const fs::path& wheel, const Target& target, bool compiled) {
  try {
    require_fit(WheelName::parse(wheel.filename().string()).value(), target);
  } catch (const Error& error) {
    // For every architecture there is nothing to cross compile.
    throw Error(from.what + ": " + error.what(),
                target.any_architecture ? error.hint() : hint_to_cross_compile(from, target));
  }
  const MappedFile bytes(wheel);
  const WheelFacts facts = make_wheel_facts(ZipArchive::parse(bytes.bytes(), wheel.filename().string()));
  const std::set<std::string> brought = libraries_of(facts);
  for (const WheelElf& file : facts.elf_files) check_file(from, file, brought, target);
  if (facts.elf_files.empty() && compiled) {
    warn(from.what +
         ": its build compiled something, and its wheel has no extension module: it fell back to pure Python");
  }
}

}  // namespace lambda_pack
