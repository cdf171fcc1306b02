#include "deploy/aws_cli.hpp"

#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "deploy/aws_failure.hpp"
#include "system/files.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// "FunctionName" as the CLI spells it: "--function-name".
std::string flag_of(std::string_view parameter) {
  std::string flag = "-";
  for (const char c : parameter) {
    const bool begins_word = c >= 'A' && c <= 'Z';
    if (begins_word) flag += '-';
    flag += begins_word ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return flag;
}

// A file rather than a pipe: v1 reads it twice. The folder is this user's alone, and removed after the call.
void add_input(std::vector<std::string>& arguments, const AwsCall& call, const fs::path& folder) {
  const fs::path file = folder / "input.json";
  write_if_different(file, call.input.dump(-1, ' ', true));  // ASCII, whatever encoding the CLI reads it in
  arguments.insert(arguments.end(), {"--cli-input-json", "file://" + file.string()});
}

// An operation whose answer has a body takes its parameters as flags only, and then the file for that body.
void add_flags(std::vector<std::string>& arguments, const AwsCall& call, const fs::path& content) {
  for (const auto& [parameter, value] : call.input.items()) {
    arguments.insert(arguments.end(), {flag_of(parameter), value.get<std::string>()});
  }
  arguments.insert(arguments.end(), {"--cli-read-timeout", "0", content.string()});
}

// The CLI expands `~` and `$NAME` in the paths it is given: it gets one in which there are none.
fs::path plainly_named(const fs::path& file, const fs::path& folder) {
  const fs::path link = folder / "blob";
  fs::create_symlink(file, link);
  return link;
}

void add_blob(std::vector<std::string>& arguments, const AwsCall& call, const fs::path& folder) {
  if (call.blob.empty()) return;
  const std::string file = plainly_named(call.file, folder).string();
  // v2 expects base64 in `file://`; `fileb://` is bytes as they are in both. A streamed body is a path in both.
  if (call.blob == "ZipFile") arguments.insert(arguments.end(), {"--zip-file", "fileb://" + file});
  if (call.blob == "Payload") arguments.insert(arguments.end(), {"--payload", "fileb://" + file});
  if (call.blob == "Body") arguments.insert(arguments.end(), {"--body", file});
}

// One attempt a call: what helps against a failure is decided by who knows what was being done, and an invocation must
// not be repeated behind anyone's back. An invocation lasts up to 900 s, so that the answer is waited for.
std::map<std::string, std::optional<std::string>> cli_environment(bool is_invocation) {
  std::map<std::string, std::optional<std::string>> environment{
      {"AWS_PAGER", ""}, {"AWS_CLI_AUTO_PROMPT", "off"}, {"PYTHONWARNINGS", "ignore"}};
  if (is_invocation || environment_value("AWS_MAX_ATTEMPTS").empty()) environment["AWS_MAX_ATTEMPTS"] = "1";
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (environment_value(name).empty())
      environment[name] = std::nullopt;  // one that is set is a region, also if empty
  }
  return environment;
}

nlohmann::json parse_output(const std::string& text, const std::string& operation) {
  if (trimmed(text).empty()) return nlohmann::json::object();
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception&) {
    throw Error("aws " + operation + " printed no JSON: " + quote(trimmed(text)),
                "see whether `aws` on the PATH is the AWS CLI: aws --version");
  }
}

}  // namespace

AwsCli::AwsCli(AwsChoice choice) : choice_(std::move(choice)) {
  if (choice_.region.empty()) choice_.region = environment_value("AWS_REGION");
}

AwsAnswer AwsCli::call(const AwsCall& call) {
  if (!find_program("aws")) {
    throw Error("the AWS CLI is not installed: there is no program \"aws\" on the PATH",
                "install it (https://aws.amazon.com/cli), then aws configure, or aws configure sso");
  }
  const TemporaryFolder folder(temporary_folder_parent(), "lambda-pack-");
  const fs::path content = folder.path() / "content";
  const std::string operation = call.service + " " + call.operation;
  std::vector<std::string> arguments{"aws", call.service, call.operation, "--output", "json", "--color", "off"};
  add_blob(arguments, call, folder.path());
  if (!choice_.profile.empty()) arguments.insert(arguments.end(), {"--profile", choice_.profile});
  if (!choice_.region.empty()) arguments.insert(arguments.end(), {"--region", choice_.region});
  const std::string endpoint = configured_endpoint(call.service);
  if (!endpoint.empty()) arguments.insert(arguments.end(), {"--endpoint-url", endpoint});
  if (call.has_content) add_flags(arguments, call, content);
  if (!call.has_content) add_input(arguments, call, folder.path());

  const Command command{arguments, {}, cli_environment(call.has_content), {}};
  explain("aws " + operation);
  const Outcome outcome = run(command);
  if (!outcome.succeeded()) throw aws_failure(outcome.diagnostics, operation, choice_.profile);
  return {parse_output(outcome.output, operation), call.has_content ? read_file(content) : ""};
}

}  // namespace lambda_pack
