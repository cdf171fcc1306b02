#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "build/tools.hpp"
#include "build/virtual_environment.hpp"
#include "commands/commands.hpp"
#include "commands/local_function.hpp"
#include "commands/pipeline.hpp"
#include "commands/pytest_runner.hpp"
#include "commands/test_environment.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

// pytest's own cache would be a folder in the source.
Words pytest_arguments(const Settings& settings) {
  Words words{"-o", "cache_dir=" + (settings.venv.parent_path() / "pytest-cache").string()};
  words.insert(words.end(), settings.pytest_arguments.begin(), settings.pytest_arguments.end());
  return words;
}

EnvironmentChanges activated(const fs::path& environment) {
  const char* path = std::getenv("PATH");
  return {{"VIRTUAL_ENV", environment.string()},
          {"PATH", (environment / "bin").string() + (path != nullptr ? std::string(":") + path : "")},
          {"PYTHONHOME", std::nullopt},
          {"__PYVENV_LAUNCHER__", std::nullopt},
          {"PYTHONDONTWRITEBYTECODE", "1"}};
}

// The staged tree: in a build the build tool's, which has made it before.
fs::path staged_tree(const Settings& settings) {
  if (settings.work.empty()) {
    if (settings.output.empty()) throw Error("no folder is given for the staged tree", "--output FOLDER; or --source");
    stage_into(settings, settings.output);
    return settings.output;
  }
  fs::path folder = settings.work / "stage";
  if (!fs::exists(folder / kStageMarker)) {
    throw Error(settings.name + " is not staged: there is no " + folder.string(),
                "build the target " + settings.name + "_stage");
  }
  return folder;
}

// What stands on sys.path before the standard library, in Lambda's order.
std::vector<std::string> roots_of(const Function& function) {
  const std::string minor = "python3." + std::to_string(function.target.runtime->minor);
  std::vector<std::string> roots{fs::canonical(function.task_root).string()};
  // The uppermost layer first: on Lambda all of them are one folder, in which it hides what the others have.
  for (const fs::path& below : {fs::path("python") / "lib" / minor / "site-packages", fs::path("python")}) {
    for (auto layer = function.layers.rbegin(); layer != function.layers.rend(); ++layer) {
      roots.push_back((fs::canonical(*layer) / below).string());
    }
  }
  return roots;
}

Command staged_pytest(const Settings& settings) {
  Settings without_variables = settings;  // those are for runs of the function
  without_variables.environment.clear();
  const Function function = local_function(without_variables, staged_tree(settings));
  const Client client = local_client(settings, function, false);
  if (!client.emulator.empty()) {
    throw Error("tests run under an interpreter of this machine, and " + client.interpreter.string() + " is not one",
                "take an architecture that this machine has");
  }
  const fs::path environment = tests_environment(settings, client.interpreter, settings.test_groups);
  nlohmann::json given;
  given["roots"] = roots_of(function);
  given["runtime"] = fs::canonical(client.packages).string();
  given["tests"] = fs::canonical(site_packages(environment, function.target.runtime->minor)).string();
  given["project"] = fs::canonical(settings.project).string();
  given["arguments"] = pytest_arguments(settings);
  Command command;
  command.arguments = {(environment / "bin" / "python").string(), "-S", "-s", "-B", "-c", kPytestRunner, given.dump()};
  command.environment = activated(environment);
  // For the processes that tests start by sys.executable.
  command.environment["PYTHONPATH"] = given["roots"].front().get<std::string>();
  return command;
}

Command source_pytest(const Settings& settings) {
  const fs::path interpreter = interpreter_of_minor(client_request(settings, false));
  const fs::path environment = project_environment(settings, interpreter, settings.test_groups, Purpose::testing);
  const nlohmann::json given{{"arguments", pytest_arguments(settings)}};
  Command command;
  command.arguments = {(environment / "bin" / "python").string(), "-c", kPytestRunner, given.dump()};
  command.environment = activated(environment);
  // No installation leads there.
  if (const auto tree = Pipeline(settings).project_files()) command.environment["PYTHONPATH"] = tree->root.string();
  return command;
}

}  // namespace

void run_venv(const Settings& settings) {
  const fs::path interpreter = interpreter_of_minor(client_request(settings, false));
  const fs::path folder = project_environment(settings, interpreter, settings.test_groups, Purpose::editing);
  if (settings.work.empty()) std::printf("%s\n", folder.c_str());
}

void run_test(const Settings& settings) {
  Command command = settings.source ? source_pytest(settings) : staged_pytest(settings);
  command.folder = settings.project;
  become_program(command);
}

}  // namespace lambda_pack
