#include "build/toolchain.hpp"

#include <cstdlib>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/interpreter.hpp"
#include "build/interpreter_search.hpp"
#include "build/packages.hpp"
#include "build/toolchain_script.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

std::string version_of(const ToolchainRequest& request) { return "3." + std::to_string(request.target.runtime->minor); }

std::string own_zig(const ToolchainRequest& request) {
  if (!request.zig.empty()) return request.zig;
  const char* named = std::getenv("LAMBDA_PYTHON_ZIG");
  return named == nullptr ? "" : named;
}

PackagesRequest packages(const ToolchainRequest& request, std::string purpose, std::vector<std::string> requirements) {
  const Interpreter interpreter = find_interpreter(request.python, request.project, request.environments);
  PackagesRequest wanted;
  wanted.purpose = std::move(purpose);
  wanted.requirements = std::move(requirements);
  wanted.minor = interpreter.minor;
  wanted.machine = own_machine();
  wanted.interpreter = interpreter.executable;
  wanted.python = request.python.empty() ? "python3" : request.python;
  wanted.parent = request.environments;
  wanted.project = request.project;
  wanted.offline = request.offline;
  return wanted;
}

fs::path user_zig(const std::string& name) {
  const std::optional<fs::path> found = find_program(name);
  if (!found) {
    throw Error("there is no zig " + quote(name),
                "correct LAMBDA_PYTHON_ZIG (--zig), or leave it out to have one installed");
  }
  Command command;
  command.arguments = {found->string(), "version"};
  try {
    if (run(command).succeeded()) return *found;
  } catch (const Error&) {
    // Not a program for this machine.
  }
  throw Error(found->string() + " does not run as zig",
              "correct LAMBDA_PYTHON_ZIG (--zig), or leave it out to have one installed");
}

fs::path zig_program(const ToolchainRequest& request) {
  const std::string own = own_zig(request);
  if (!own.empty()) return user_zig(own);
  return packages_for(packages(request, "zig, which compiles for Lambda,", {std::string(kZigRequirement)})) /
         "ziglang" / "zig";
}

FoundInterpreter python_of_minor(const ToolchainRequest& request) {
  const std::string version = version_of(request);
  if (const auto found = search_interpreter(request.target.runtime->minor, request.python)) return *found;
  throw Error("no Python " + version + " is on this machine, with whose headers extension modules for " +
                  std::string(request.target.runtime->id) + " are compiled",
              "on Debian and Ubuntu: apt install python" + version + "-dev\nor: uv python install " + version +
                  "\nor: pyenv install " + version);
}

}  // namespace

std::string zig_of(const ToolchainRequest& request) {
  const std::string own = own_zig(request);
  return own.empty() ? std::string(kZigRequirement) : own;
}

Toolchain make_toolchain(const ToolchainRequest& request, const fs::path& folder) {
  const FoundInterpreter python = python_of_minor(request);
  const fs::path zig = zig_program(request);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_system_error("making the folder", folder, error.value());
  fs::remove(folder / "toolchain.cmake", error);
  Command command;
  command.arguments = {python.executable.string(),
                       "-I",
                       "-S",
                       "-c",
                       kToolchainScript,
                       folder.string(),
                       zig.string(),
                       request.cache.string(),
                       std::string(machine_name(request.target.architecture)),
                       std::to_string(request.target.runtime->glibc_minor)};
  command.environment = without_python_settings();
  const Outcome outcome = run(command);
  if (!outcome.succeeded()) {
    throw Error(with_output("cannot make the toolchain " + folder.string(), outcome), "see what the lines above say");
  }
  if (!fs::exists(folder / "toolchain.cmake")) {
    const std::string version = version_of(request);
    throw Error(python.executable.string() + " has no development headers: there is no " +
                    std::string(trimmed(outcome.output)) + "/Python.h",
                "on Debian and Ubuntu: apt install python" + version +
                    "-dev; on Fedora and Amazon Linux: dnf install python" + version +
                    "-devel\nor take a Python that comes with them: uv python install " + version);
  }
  return {zig, python.executable};
}

void add_packages(const ToolchainRequest& request, const std::vector<std::string>& requirements,
                  const fs::path& folder) {
  const fs::path kept = packages_for(packages(request, "what extension modules are compiled with", requirements));
  std::error_code error;
  fs::remove(folder / "packages", error);
  fs::create_directory_symlink(kept, folder / "packages", error);
  if (error) throw_system_error("linking", folder / "packages", error.value());
}

}  // namespace lambda_pack
