#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "base/error.hpp"
#include "commands/commands.hpp"
#include "commands/deployed_function.hpp"
#include "deploy/aws_cli.hpp"
#include "deploy/remote_invocation.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

// The variable comes first, as in an invocation on this machine.
std::string payload_of(const Settings& settings) {
  const char* chosen = std::getenv("LAMBDA_PYTHON_EVENT");
  const std::filesystem::path event = chosen != nullptr && *chosen != '\0' ? chosen : settings.event;
  if (event.empty()) return "";
  if (event != "-") return read_file(event);
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

}  // namespace

void run_remote_invoke(const Settings& settings) {
  if (settings.function_name.empty()) throw Error("no function is named", "--function-name my-lambda");
  AwsCli api(aws_choice(settings));
  const RemoteInvocation result = invoke_remotely(api, settings.function_name, settings.alias, payload_of(settings));
  const bool ends_line = result.log.empty() || result.log.ends_with('\n');
  std::fputs((result.log + (ends_line ? "" : "\n")).c_str(), stderr);
  std::fputs((result.response + "\n").c_str(), stdout);
  if (result.function_error.empty()) return;
  throw Error(settings.function_name + " failed (" + result.function_error + ")", "the log above says where");
}

}  // namespace lambda_pack
