#include "deploy/deployment.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/deployed_function.hpp"
#include "deploy/remote_invocation.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

void print_result(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string deployment_json(const DesiredFunction& function, const Deployment& deployment) {
  const nlohmann::ordered_json json = {{"function_arn", deployment.arn},
                                       {"alias_arn", deployment.alias_arn},
                                       {"version", deployment.version},
                                       {"code_sha256", function.code.code_sha256},
                                       {"changes", deployment.changes}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

// The variable comes first, as in an invocation on this machine.
std::string payload_of(const Settings& settings) {
  const char* chosen = std::getenv("LAMBDA_PYTHON_EVENT");
  const std::filesystem::path event = chosen != nullptr && *chosen != '\0' ? chosen : settings.event;
  if (event.empty()) return "";
  if (event != "-") return read_file(event);
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

}  // namespace

void run_deploy(const Settings& settings) {
  const DesiredFunction function = deployable_function(settings);
  require_zip_as_described(function.code);
  AwsCli api = aws_cli(settings);
  const Deployment deployment = deploy(function, api, settings.dry_run, [](std::chrono::milliseconds pause) {
    std::this_thread::sleep_for(pause);
  });
  if (deployment.changes.empty()) say(function.name + ": nothing to change");
  if (settings.json) return print_result(deployment_json(function, deployment));
  if (settings.dry_run) {
    for (const std::string& line : deployment.changes) print_result(line + "\n");
    return;
  }
  print_result((deployment.alias_arn.empty() ? deployment.arn : deployment.alias_arn) + "\n");
}

void run_remote_invoke(const Settings& settings) {
  if (settings.function_name.empty()) throw Error("no function is named", "--function-name my-lambda");
  AwsCli api = aws_cli(settings);
  const RemoteInvocation result = invoke_remotely(api, settings.function_name, settings.alias, payload_of(settings));
  const bool ends_line = result.log.empty() || result.log.ends_with('\n');
  std::fputs((result.log + (ends_line ? "" : "\n")).c_str(), stderr);
  print_result(result.response + "\n");
  if (result.function_error.empty()) return;
  throw Error(settings.function_name + " failed (" + result.function_error + ")", "the log above says where");
}

}  // namespace lambda_pack
