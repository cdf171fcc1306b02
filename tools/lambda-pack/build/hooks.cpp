#include "build/hooks.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/rust.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// 1980-01-01, the first time a zip entry can have (https://reproducible-builds.org/specs/source-date-epoch).
constexpr const char* kFirstZipTime = "315532800";

EnvironmentChanges backend_settings(const HookCall& call) {
  EnvironmentChanges changes = without_python_settings();
  changes["PYTHONHASHSEED"] = "0";
  changes["PYTHONDONTWRITEBYTECODE"] = "1";
  changes["PYTHONNOUSERSITE"] = "1";
  for (const char* name : {"LC_ALL", "LANG"}) changes[name] = "C.UTF-8";
  changes["LANGUAGE"] = std::nullopt;
  changes["TZ"] = "UTC";
  if (std::getenv("SOURCE_DATE_EPOCH") == nullptr) changes["SOURCE_DATE_EPOCH"] = kFirstZipTime;
  // Without cargo, maturin would download a whole Rust for each build, of a version that nothing locks.
  changes["MATURIN_NO_INSTALL_RUST"] = "1";
  // setuptools' own way to be told where to build; also reaches the processes that other backends start.
  changes["DIST_EXTRA_CONFIG"] = (call.scratch / "distutils.cfg").string();
  const char* own_path = std::getenv("PATH");
  std::optional<std::string> path = own_path == nullptr ? std::nullopt : std::optional<std::string>(own_path);
  if (call.variables != nullptr) {
    for (const auto& [name, value] : *call.variables) (name == "PATH" ? path : changes[name]) = value;
  }
  changes["PATH"] = (call.environment / "bin").string() + (path ? ":" + *path : "");
  return changes;
}

// distutils reads `%` as the start of a reference.
std::string escaped(const fs::path& path) {
  std::string result;
  for (const char c : path.string()) result += c == '%' ? "%%" : std::string(1, c);
  return result;
}

void write_scratch(const fs::path& project, const fs::path& scratch) {
  fs::create_directories(scratch / "wheel");
  fs::create_directories(scratch / "egg-info");
  // Relative, since setuptools before 64 takes what it finds there for package data and refuses absolute paths.
  const fs::path egg_base = fs::canonical(scratch / "egg-info").lexically_relative(fs::canonical(project));
  NewFile settings(scratch / "distutils.cfg");
  settings.write("[build]\nbuild_base = " + escaped(scratch / "build") +
                 "\n[egg_info]\negg_base = " + escaped(egg_base) + "\n");
  settings.commit();
}

// Written in Rust, where there is no cargo: then what the backend says of itself leads nowhere.
bool lacks_cargo(const HookCall& call) { return is_rust(call.project, *call.build_system) && !find_program("cargo"); }

[[noreturn]] void refuse(const std::string& hook, const HookCall& call, bool no_backend, const Outcome& outcome) {
  const std::string& backend = call.build_system->backend;
  const std::string pyproject = (call.project / "pyproject.toml").string();
  if (no_backend) {
    throw Error(with_output(call.project.string() + ": its build backend " + backend + " cannot be imported", outcome),
                "[build-system] requires in " + pyproject + " must name the distribution that has it");
  }
  if (lacks_cargo(call)) {
    throw Error(
        with_output(call.project.string() + ": " + backend + " needs cargo, which is not on the PATH", outcome),
        "install Rust (https://rustup.rs, or the system's packages), and see that `cargo --version` works here");
  }
  const std::string failure = hook == "build_wheel" ? " failed to build the wheel" : " failed in " + hook;
  throw Error(
      with_output(call.project.string() + ": " + backend + failure, outcome),
      "the lines above are the backend's own; what " + pyproject + " names (readme, license, packages) must be there");
}

}  // namespace

std::vector<std::string> call_hook(const std::string& hook, const HookCall& call) {
  write_scratch(call.project, call.scratch);
  Command command;
  // -S: the runner does what `site` would, without the machine's customisations.
  command.arguments = {(call.environment / "bin" / "python").string(),
                       "-S",
                       "-s",
                       "-B",
                       "-X",
                       "utf8",
                       "-c",
                       kHookRunner,
                       call.environment.string(),
                       call.scratch.string(),
                       hook,
                       call.build_system->backend};
  for (const std::string& entry : call.build_system->backend_path) command.arguments.push_back(entry);
  command.folder = call.project;
  command.environment = backend_settings(call);
  const Outcome outcome = run(command);

  const std::string result = read_file_if_there(call.scratch / "result").value_or("");
  std::vector<std::string> lines;
  for (const std::string_view line : split(trimmed(result), '\n')) lines.emplace_back(line);
  if (!outcome.succeeded() || lines.front() != "done") refuse(hook, call, lines.front() == "no backend", outcome);
  lines.erase(lines.begin());
  return lines;
}

}  // namespace lambda_pack
