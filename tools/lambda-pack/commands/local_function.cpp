#include "commands/local_function.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/heavy.hpp"
#include "commands/pipeline.hpp"
#include "invoke/function_environment.hpp"
#include "runtime/limits.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

std::map<std::string, std::string> variables_of(const Settings& settings) {
  std::map<std::string, std::string> variables;
  for (const std::string& text : settings.environment) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const char* value = equals == std::string::npos ? std::getenv(name.c_str()) : nullptr;
    if (equals == std::string::npos && value == nullptr) {
      throw Error("not set in the environment: " + name + ", which " + settings.function_name + " takes from it",
                  "export " + name + "=…, or give the value: --env " + name + "=…");
    }
    variables[name] = value != nullptr ? value : text.substr(equals + 1);
  }
  check_environment(variables);
  return variables;
}

void require_between(const char* what, int value, int least, int most) {
  if (value >= least && value <= most) return;
  throw Error(std::string("the ") + what + " is " + std::to_string(value),
              "from " + std::to_string(least) + " to " + std::to_string(most));
}

}  // namespace

Function local_function(const Settings& settings, const fs::path& task_root) {
  if (settings.handler.empty()) throw Error("no handler is given", "--handler my_package.my_module.my_function");
  Function function;
  function.name = settings.function_name;
  function.target = Pipeline(settings).target();
  function.handler = settings.handler;
  function.task_root = fs::absolute(task_root);
  for (const std::string& layer : settings.layers) function.layers.push_back(fs::absolute(layer));
  function.memory = settings.memory.value_or(kDefaultMemory);
  function.timeout = settings.timeout.value_or(kDefaultTimeout);
  require_between("memory size", function.memory, 128, 10240);
  require_between("timeout", function.timeout, 1, 900);
  function.environment = variables_of(settings);
  return function;
}

ClientRequest client_request(const Settings& settings, bool native_code) {
  ClientRequest request{Pipeline(settings).target()};
  const char* chosen = std::getenv("LAMBDA_PYTHON_INTERPRETER");
  request.interpreter = settings.interpreter.empty() && chosen != nullptr ? chosen : settings.interpreter;
  request.python = settings.python;
  request.native_code = native_code;
  request.environments = settings.store / "environments";
  request.project = settings.project;
  request.offline = settings.offline;
  return request;
}

Client local_client(const Settings& settings, const Function& function, bool with_debugger) {
  const bool native_code = holds_machine_code(function.task_root) ||
                           std::any_of(function.layers.begin(), function.layers.end(), holds_machine_code);
  for (const std::string& layer : settings.external_layers) {
    warn(settings.name + " runs without the layer " + layer.substr(0, layer.rfind('=')) + ", which AWS alone has");
  }
  ClientRequest request = client_request(settings, native_code);
  request.debugger = with_debugger;
  return client_for(request);
}

StageOutcome stage_into(const Settings& settings, const fs::path& folder) {
  const Heavy& tools = require_heavy();
  Pipeline pipeline(settings);
  const CheckedBundle checked = pipeline.checked_bundle();
  for (const std::string& warning : checked.warnings) warn(warning);
  return update_stage(checked.bundle, folder, tools.unpack_items);
}

}  // namespace lambda_pack
