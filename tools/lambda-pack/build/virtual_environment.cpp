#include "build/virtual_environment.hpp"

#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/backend.hpp"
#include "build/environment.hpp"
#include "build/interpreter.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// Changes when environments are made in another way, so that older ones are made anew.
constexpr std::string_view kFormat = "lambda-pack virtual environment 1";

// In the environment, written last: from what it was made.
constexpr const char* kMark = ".lambda-pack-environment";

using Words = std::vector<std::string>;

std::string key_of(const VirtualEnvironmentRequest& request, const Interpreter& interpreter) {
  Words parts{std::string(kFormat), interpreter.executable.string(),
              interpreter.identity, request.folder.string(),
              request.requirements, request.wheels_key};
  if (request.build_system) parts.push_back(editable_key(request.project));
  return sha256_of(join(parts, "\n")).hex() + "\n";
}

bool is_current(const fs::path& folder, const std::string& key) {
  std::error_code error;
  return read_file_if_there(folder / kMark) == key && fs::exists(folder / "bin" / "python", error);
}

void make_room(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return;
  const bool is_ours = fs::exists(folder / kMark, error) || fs::exists(folder / "pyvenv.cfg", error);
  if (!is_ours && !fs::is_empty(folder, error)) {
    throw Error(folder.string() + " has content, and is no virtual environment",
                "name another folder, or empty this one");
  }
  // First of all the mark: what is left of an interrupted removal is no environment.
  fs::remove(folder / kMark, error);
  fs::remove_all(folder, error);
  if (error) throw_system_error("removing", folder, error.value());
}

Words installer_words(const VirtualEnvironmentRequest& request) {
  const std::string python = (request.folder / "bin" / "python").string();
  if (const auto uv = find_program("uv")) {
    Words words{uv->string(), "pip", "install", "--quiet", "--no-deps", "--python", python};
    if (request.offline) words.emplace_back("--offline");
    return words;
  }
  Words words{python,
              "-m",
              "pip",
              "install",
              "--quiet",
              "--no-input",
              "--disable-pip-version-check",
              "--no-deps",
              "--no-warn-script-location"};
  if (request.offline) words.emplace_back("--no-index");
  return words;
}

void install(const VirtualEnvironmentRequest& request, const Words& what, const std::string& purpose) {
  Command command;
  command.arguments = installer_words(request);
  command.arguments.insert(command.arguments.end(), what.begin(), what.end());
  command.folder = request.lock_folder;
  command.environment = installer_settings();
  const Outcome outcome = run(command);
  if (outcome.succeeded()) return;
  throw Error(
      with_output(request.project.string() + ": cannot install " + purpose + (request.offline ? " while offline" : ""),
                  outcome),
      request.offline
          ? "make the environment once with the network"
          : "the lines above are the installer's own; index and credentials are those it is configured with");
}

void install_requirements(const VirtualEnvironmentRequest& request, const fs::path& scratch) {
  if (trimmed(request.requirements).empty()) return;
  const fs::path file = scratch / "requirements.txt";
  write_if_different(file, request.requirements);
  Words words{"--require-hashes", "--requirement", file.string()};
  for (const std::string& index : request.indexes) words.insert(words.end(), {"--extra-index-url", index});
  // Whichever index a file comes from, its hash decides.
  if (!request.indexes.empty() && find_program("uv"))
    words.insert(words.end(), {"--index-strategy", "unsafe-best-match"});
  install(request, words, "the locked distributions");
}

// By their own backends under the environment's own interpreter, as Poetry, pip and uv do it.
void install_wheels(const VirtualEnvironmentRequest& request, const fs::path& scratch) {
  Words wheels;
  if (request.build_system) {
    const BuildOptions options{request.interpreter.string(), request.environments, request.offline};
    wheels.push_back(build_editable(request.project, *request.build_system, scratch / "editable", options).string());
  }
  if (request.wheels) {
    for (const fs::path& wheel : request.wheels(scratch / "wheels")) wheels.push_back(wheel.string());
  }
  if (wheels.empty()) return;
  install(request, wheels, request.wheels ? "the project and its libraries" : "the project in editable form");
}

}  // namespace

bool update_virtual_environment(const VirtualEnvironmentRequest& request) {
  const Interpreter interpreter = find_interpreter(request.interpreter.string(), request.project, request.environments);
  const std::string key = key_of(request, interpreter);
  if (is_current(request.folder, key)) return false;
  std::error_code error;
  fs::create_directories(request.folder.parent_path(), error);
  if (error) throw_system_error("making the folder", request.folder.parent_path(), error.value());
  const FileLock lock(request.folder.string() + ".lock");
  if (is_current(request.folder, key)) return false;  // another process made it meanwhile
  say("making the virtual environment " + request.folder.string() + " of Python " + interpreter.version);
  make_room(request.folder);
  make_empty_environment(interpreter, request.folder, request.project);
  const TemporaryFolder scratch(temporary_folder_parent(), "lambda-pack-");
  install_requirements(request, scratch.path());
  install_wheels(request, scratch.path());
  write_if_different(request.folder / kMark, key);
  return true;
}

std::string editable_key(const fs::path& folder) {
  Words parts{folder.string()};
  for (const char* name : {"pyproject.toml", "setup.py", "setup.cfg"}) {
    parts.push_back(read_file_if_there(folder / name).value_or(""));
  }
  return join(parts, "\n");
}

fs::path site_packages(const fs::path& environment, int minor) {
  return environment / "lib" / ("python3." + std::to_string(minor)) / "site-packages";
}

// The expressions are those of https://packaging.python.org/en/latest/specifications/dependency-specifiers/.
MarkerEnvironment machine_markers(const fs::path& interpreter) {
  constexpr const char* kQuestion = R"(
import os, platform, sys
version = ".".join(map(str, sys.implementation.version[:3]))
level = sys.implementation.version.releaselevel
if level != "final":
    version += level[0] + str(sys.implementation.version.serial)
for value in (os.name, sys.platform, platform.machine(), platform.python_implementation(), platform.release(),
              platform.system(), platform.version(), ".".join(platform.python_version_tuple()[:2]),
              platform.python_version(), sys.implementation.name, version):
    print(value.replace("\n", " "))
)";
  Command command;
  command.arguments = {interpreter.string(), "-I", "-S", "-c", kQuestion};
  const Outcome outcome = run(command);
  const std::vector<std::string_view> lines = split(outcome.output, '\n');
  if (!outcome.succeeded() || lines.size() < 11) {
    throw Error(with_output(interpreter.string() + " does not say what it is", outcome),
                "name another: --interpreter FILE");
  }
  MarkerEnvironment markers;
  std::size_t next = 0;
  for (std::string* value :
       {&markers.os_name, &markers.sys_platform, &markers.platform_machine, &markers.platform_python_implementation,
        &markers.platform_release, &markers.platform_system, &markers.platform_version, &markers.python_version,
        &markers.python_full_version, &markers.implementation_name, &markers.implementation_version}) {
    *value = lines[next++];
  }
  return markers;
}

}  // namespace lambda_pack
