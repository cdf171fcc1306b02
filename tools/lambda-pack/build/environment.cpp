#include "build/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// Changes when environments are made in another way, so that older ones are left alone.
constexpr std::string_view kFormat = "lambda-pack environment 1";

// Virtual environments hold their own path (scripts' first lines), so one is made where it stays, under a name of
// its own, and by the folder's real path, which is part of that name: no link that leads there now is needed later,
// and where a folder was moved to, others are made. `<environments>/<key>` is a symlink that appears, pointing there,
// when it is complete: a maker that was killed leaves nothing that could be taken for an environment, even if its pip
// goes on writing for a while.
class Place {
 public:
  Place(fs::path environments, const std::string& key)
      : environments_(std::move(environments)), name_(sha256_of(key + environments_.string()).hex().substr(0, 20)) {}

  std::optional<fs::path> complete() const {
    std::error_code error;
    const fs::path target = fs::read_symlink(environments_ / name_, error);
    if (error) return std::nullopt;
    const fs::path folder = environments_ / target;
    // Gone when someone tidied up; its python is gone when the interpreter was uninstalled.
    if (!fs::exists(folder / "bin" / "python", error)) return std::nullopt;
    return folder;
  }

  fs::path lock_file() const { return environments_ / (name_ + ".lock"); }

  // A new name; what earlier makers left is removed. Only under the lock.
  fs::path start() const {
    for (const fs::directory_entry& entry : fs::directory_iterator(environments_)) {
      if (!entry.path().filename().string().starts_with(name_ + "-")) continue;
      std::error_code ignored;
      fs::remove_all(entry.path(), ignored);
    }
    std::string folder = (environments_ / (name_ + "-XXXXXX")).string();
    if (mkdtemp(folder.data()) == nullptr) throw_system_error("making a folder in", environments_, errno);
    return folder;
  }

  void finish(const fs::path& folder) const {
    const fs::path link = environments_ / (name_ + "-link");
    fs::create_symlink(folder.filename(), link);
    fs::rename(link, environments_ / name_);
  }

 private:
  fs::path environments_;
  std::string name_;
};

// Removes a folder unless it is kept.
class Unfinished {
 public:
  explicit Unfinished(fs::path folder) : folder_(std::move(folder)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  void keep() { folder_.clear(); }

 private:
  fs::path folder_;
};

Outcome run_tool(std::vector<std::string> arguments, const fs::path& folder) {
  Command command;
  command.arguments = std::move(arguments);
  command.folder = folder;
  command.environment = installer_settings();
  return run(command);
}

[[noreturn]] void refuse_venv(const Interpreter& interpreter, const fs::path& project, const Outcome& outcome) {
  const std::string all = outcome.output + outcome.diagnostics;
  const auto says = [&all](const char* text) { return all.find(text) != std::string::npos; };
  if (says("ensurepip") || says("named venv")) {
    throw Error(interpreter.executable.string() + " cannot make virtual environments: no venv or no ensurepip",
                "on Debian and Ubuntu: apt install python3." + std::to_string(interpreter.minor) +
                    "-venv (or python3-venv); or install uv, which needs neither");
  }
  throw Error(with_output(project.string() + ": cannot make a virtual environment for it", outcome),
              "try it by hand: " + interpreter.executable.string() + " -m venv /tmp/try");
}

[[noreturn]] void refuse_requirements(const EnvironmentRequest& request, std::string_view tool,
                                      const Outcome& outcome) {
  const std::string what = request.project.string() + ": cannot install its build requirements " +
                           join(request.requirements) + " by " + std::string(tool) +
                           (request.offline ? " while offline" : "");
  throw Error(with_output(what, outcome),
              request.offline ? "build once with the network, so that the environment is kept; or give the installer a "
                                "folder of wheels (PIP_FIND_LINKS, UV_FIND_LINKS)"
                              : "check [build-system] requires in its pyproject.toml, and that " + std::string(tool) +
                                    " reaches its index");
}

void install_with_uv(const std::string& uv, const EnvironmentRequest& request, const fs::path& folder) {
  if (request.requirements.empty()) return;
  std::vector<std::string> install{
      uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", (folder / "bin" / "python").string()};
  if (request.offline) install.emplace_back("--offline");
  install.insert(install.end(), request.requirements.begin(), request.requirements.end());
  const Outcome installed = run_tool(std::move(install), request.project);
  if (!installed.succeeded()) refuse_requirements(request, "uv", installed);
}

void install_with_pip(const EnvironmentRequest& request, const fs::path& folder) {
  const std::string python = (folder / "bin" / "python").string();
  const std::vector<std::string> pip{python, "-m", "pip", "--no-input", "--disable-pip-version-check", "--quiet"};
  // Before 3.12, venv brings a setuptools that no one asked for; a project that forgot to require it must fail
  // here as it does elsewhere.
  std::vector<std::string> remove = pip;
  remove.insert(remove.end(), {"uninstall", "--yes", "setuptools"});
  if (request.interpreter.minor < 12) run_tool(std::move(remove), request.environments);
  if (request.requirements.empty()) return;
  std::vector<std::string> install = pip;
  install.insert(install.end(), {"install", "--compile", "--no-warn-script-location"});
  if (request.offline) install.emplace_back("--no-index");
  install.insert(install.end(), request.requirements.begin(), request.requirements.end());
  const Outcome installed = run_tool(std::move(install), request.project);
  if (!installed.succeeded()) refuse_requirements(request, "pip", installed);
}

// They become arguments of the installer, so none may look like an option.
void check_requirements(const EnvironmentRequest& request) {
  for (const std::string& requirement : request.requirements) {
    const std::string_view text = trimmed(requirement);
    if (!text.empty() && (text[0] == '_' || std::isalnum(static_cast<unsigned char>(text[0])) != 0)) continue;
    throw Error((request.project / "pyproject.toml").string() + ": " + quote(requirement) +
                    " in [build-system] requires is no requirement",
                "write it as PEP 508 does: poetry-core>=1.9");
  }
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

}  // namespace

std::string key_of(const EnvironmentRequest& request) {
  const Interpreter& interpreter = request.interpreter;
  const std::vector<std::string> parts{std::string(kFormat), interpreter.executable.string(), interpreter.identity,
                                       join(sorted(request.requirements), "\n")};
  return sha256_of(join(parts, "\n")).hex();
}

void make_empty_environment(const Interpreter& interpreter, const fs::path& folder, const fs::path& project) {
  std::vector<std::string> words{interpreter.executable.string(), "-m", "venv", folder.string()};
  if (const auto uv = find_program("uv")) {
    words = {uv->string(),   "venv", "--quiet", "--allow-existing", "--python", interpreter.executable.string(),
             folder.string()};
  }
  // Not in the project's folder: uv would compare its requires-python with an interpreter that only builds it.
  const Outcome made = run_tool(std::move(words), folder.parent_path());
  if (!made.succeeded()) refuse_venv(interpreter, project, made);
}

fs::path environment_for(const EnvironmentRequest& request) {
  std::error_code error;
  fs::create_directories(request.environments, error);
  if (error) throw_system_error("making the folder", request.environments, error.value());
  const fs::path environments = fs::canonical(request.environments, error);
  if (error) throw_system_error("looking for the folder", request.environments, error.value());
  const Place place(environments, key_of(request));
  if (const auto folder = place.complete()) return *folder;
  check_requirements(request);
  const FileLock lock(place.lock_file());
  if (const auto folder = place.complete()) return *folder;  // another process made it meanwhile
  say("making the build environment of " + request.project.string() + " (" +
      (request.requirements.empty() ? "empty" : join(request.requirements)) + ")");
  const fs::path folder = place.start();
  Unfinished unfinished(folder);
  make_empty_environment(request.interpreter, folder, request.project);
  if (const auto uv = find_program("uv")) {
    install_with_uv(uv->string(), request, folder);
  } else {
    install_with_pip(request, folder);
  }
  place.finish(folder);
  unfinished.keep();
  return folder;
}

}  // namespace lambda_pack
