#include "commands/native_builds.hpp"

#include "base/error.hpp"
#include "store/store.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

ToolchainRequest toolchain_request(const Settings& settings) {
  if (settings.runtime.empty()) throw Error("no runtime is given", "--runtime python3.13");
  const Target target{&runtime_named(settings.runtime), architecture_named(settings.architecture), nullptr,
                      settings.any_architecture};
  const fs::path& project = settings.project.empty() ? fs::current_path() : settings.project;
  return {target,  settings.python, settings.zig, settings.store / "environments", settings.store / "zig",
          project, settings.offline};
}

void build_for_target(const Settings& settings, const fs::path& scratch, BuildOptions& options) {
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

}  // namespace lambda_pack
