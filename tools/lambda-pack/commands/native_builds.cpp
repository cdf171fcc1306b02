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
  return {target, settings.python, settings.zig, settings.store / "environments", settings.store / "zig", project,
          settings.offline};
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
  variables["_PYTHON_SYSCONFIGDATA_NAME"] = "_lambda_pack_sysconfigdata";
  variables["_PYTHON_HOST_PLATFORM"] = "linux-" + machine;
  variables["LAMBDA_PACK_MACHINE"] = machine;
  variables["LAMBDA_PACK_CALLS"] = (scratch / "calls").string();
  variables["CC"] = program("cc");
  variables["CXX"] = program("c++");
  variables["AR"] = program("ar");
  variables["RANLIB"] = program("ranlib");
  // In the environment they replace the interpreter's; without -O2 zig compiles for debugging.
  variables["CFLAGS"] = variables["CXXFLAGS"] = "-O2 -g0 -ffile-prefix-map=" + scratch.string() + "=.";
  variables["LDFLAGS"] = "-s";
  variables["CMAKE_TOOLCHAIN_FILE"] = (folder / "toolchain.cmake").string();
  variables["PKG_CONFIG_LIBDIR"] = (folder / "root").string();
  for (const char* name : {"PKG_CONFIG_PATH", "CPPFLAGS", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH",
                           "LD_LIBRARY_PATH", "LDSHARED", "ARCHFLAGS", "CMAKE_PREFIX_PATH", "CMAKE_ARGS"}) {
    variables[name] = std::nullopt;
  }
}

}  // namespace lambda_pack
