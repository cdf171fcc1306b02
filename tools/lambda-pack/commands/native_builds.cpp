#include "commands/native_builds.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/interpreter_memory.hpp"
#include "build/rust.hpp"
#include "commands/rust_builds.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// Backends that call no compiler unless their table says so, by a word that is then in the project's pyproject.toml.
bool may_compile(const fs::path& source, const std::string& backend) {
  const std::string text = read_file_if_there(source / "pyproject.toml").value_or("");
  const auto says = [&text](std::string_view word) { return text.find(word) != std::string::npos; };
  if (backend.starts_with("flit_core") || backend.starts_with("uv_build")) return false;
  if (backend.starts_with("poetry.core")) return says("\nbuild") || says("[tool.poetry.build]");
  if (backend.starts_with("hatchling")) return says("hooks");
  if (backend.starts_with("pdm.")) return says("setuptools") || fs::exists(source / "pdm_build.py");
  if (backend == "setuptools.build_meta") return fs::exists(source / "setup.py") || says("ext-modules");
  return true;
}

bool is_compiled(const fs::path& file) {
  constexpr std::array<std::string_view, 8> kCompiled = {".c", ".cc", ".cpp", ".cxx", ".pyx", ".f", ".f90", ".f95"};
  return std::find(kCompiled.begin(), kCompiled.end(), file.extension().string()) != kCompiled.end();
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

void use_toolchain(const Settings& settings, const fs::path& source, const fs::path& scratch, BuildOptions& options) {
  const ToolchainRequest request = toolchain_request(settings);
  const fs::path folder = scratch / "toolchain";
  const Toolchain toolchain = make_toolchain(request, folder);
  const std::string machine(machine_name(request.target.architecture));
  options.python = toolchain.python.string();

  std::map<std::string, std::optional<std::string>>& variables = options.variables;
  const auto program = [&folder](const char* name) { return (folder / "bin" / name).string(); };
  variables["PATH"] = (folder / "bin").string() + ":" + (folder / "programs").string();
  variables["PYTHONPATH"] = (folder / "python").string();
  variables["_PYTHON_SYSCONFIGDATA_NAME"] = "_sysconfigdata__lambda_pack";
  variables["_PYTHON_HOST_PLATFORM"] = "linux-" + machine;
  variables["LAMBDA_PACK_MACHINE"] = machine;
  variables["LAMBDA_PACK_CALLS"] = (scratch / "calls").string();
  variables["LAMBDA_PACK_SOURCE"] = source.string();  // whose name what is compiled has for "."
  variables["CC"] = program("cc");
  variables["CXX"] = program("c++");
  variables["AR"] = program("ar");
  variables["RANLIB"] = program("ranlib");
  // In the environment they replace the interpreter's; without -O2 zig compiles for debugging.
  // __DATE__ is an error to zig; here it is that of SOURCE_DATE_EPOCH.
  variables["CFLAGS"] = "-O2 -g0 -Wno-date-time -ffile-prefix-map=" + scratch.string() + "=.";
  // Much C++ takes for granted that GCC's library brings <cstdio> with other headers (nanobind's for the stable ABI).
  variables["CXXFLAGS"] = *variables["CFLAGS"] + " -include stdio.h";
  variables["LDFLAGS"] = "-s";
  variables["CMAKE_TOOLCHAIN_FILE"] = (folder / "toolchain.cmake").string();
  variables["TMPDIR"] = scratch.string();  // where some backends compile: names of it are left out as well
  variables["LAMBDA_PACK_MESON"] = (folder / "meson.ini").string();
  // For the suffix that FindPython gives: the interpreter is asked. Where backends look for arguments, since a
  // toolchain file is read too late for the defaults of policies.
  variables["CMAKE_ARGS"] = "-DCMAKE_POLICY_DEFAULT_CMP0190=NEW";
  variables["PKG_CONFIG_LIBDIR"] = (folder / "root").string();
  for (const char* name : {"PKG_CONFIG_PATH", "CPPFLAGS", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
                           "LIBRARY_PATH", "LD_LIBRARY_PATH", "LDSHARED", "ARCHFLAGS", "CMAKE_PREFIX_PATH"}) {
    variables[name] = std::nullopt;
  }
}

}  // namespace

ToolchainRequest toolchain_request(const Settings& settings) {
  if (settings.runtime.empty()) throw Error("no runtime is given", "--runtime python3.13");
  const Target target{&runtime_named(settings.runtime), architecture_named(settings.architecture), nullptr,
                      settings.any_architecture};
  const fs::path& project = settings.project.empty() ? fs::current_path() : settings.project;
  return {target,  settings.python, settings.zig, settings.store / "environments", settings.store / "zig",
          project, settings.offline};
}

Compilers compilers_of(const fs::path& source, const BuildSystem& build_system, const Target& target,
                       const std::function<std::set<fs::path>()>& files) {
  if (target.machine) return Compilers::none;
  if (is_rust(source, build_system)) return Compilers::rust;
  if (!may_compile(source, build_system.backend)) return Compilers::none;
  const std::set<fs::path> all = files();
  return std::any_of(all.begin(), all.end(), is_compiled) ? Compilers::c : Compilers::none;
}

fs::path plain_scratch_parent(const Store& store) {
  fs::path beside = store.root() / "scratch";
  const bool is_plain = beside.string().find_first_of(" \t\n\"'\\$#;") == std::string::npos;
  return is_plain ? beside : temporary_folder_parent();
}

std::set<fs::path> files_below(const fs::path& source) {
  std::set<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source)) files.insert(entry.path());
  return files;
}

// C and C++ are compiled by a zig and with the headers of a Python, Rust by a rustc as well.
std::string key_of(Compilers compilers, const Settings& settings) {
  if (compilers == Compilers::none) return {};
  if (settings.any_architecture) return settings.runtime + "\nany";
  const ToolchainRequest request = toolchain_request(settings);
  const auto python = remembered_interpreter(request.target.runtime->minor, "", request.python, request.environments);
  return settings.runtime + "\n" + settings.architecture + "\n" + zig_of(request) + "\n" +
         (python ? python->version : "") + "\n" +
         (compilers == Compilers::rust ? rustc_identity(request.environments) : "");
}

std::vector<std::string> own_variables(const DistributionName& name, const Settings& settings) {
  std::vector<std::string> own;
  for (const std::string& text : settings.build_environment) {
    const std::size_t colon = text.find(':');
    const std::size_t sign = text.find('=', colon == std::string::npos ? 0 : colon);
    if (colon == std::string::npos || sign == std::string::npos || sign == colon + 1) {
      throw Error("BUILD_ENVIRONMENT " + quote(text) + " is not <distribution>:<variable>=<value>",
                  "pyyaml:PYYAML_FORCE_LIBYAML=1");
    }
    if (normalize_name(text.substr(0, colon)) == name.str()) own.push_back(text.substr(colon + 1));
  }
  return own;
}

void build_for_target(Compilers compilers, const BuildOrigin& from, const Settings& settings, const fs::path& source,
                      const fs::path& scratch, BuildOptions& options) {
  if (settings.any_architecture) compilers = Compilers::none;
  if (compilers == Compilers::rust) require_rust(from, toolchain_request(settings).target, source);
  if (compilers != Compilers::none) use_toolchain(settings, source, scratch, options);
  if (compilers == Compilers::rust) {
    build_rust_for_target(toolchain_request(settings).target, source, scratch, options);
  }
  add_variables(own_variables(from.name, settings), options);
}

}  // namespace lambda_pack
