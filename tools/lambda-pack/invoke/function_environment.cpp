#include "invoke/function_environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>

#include "base/error.hpp"
#include "base/text.hpp"
#include "invoke/request_id.hpp"

extern char** environ;

namespace lambda_pack {
namespace {

// What a function's configuration may not set.
constexpr std::string_view kReserved[] = {"_HANDLER",
                                          "_X_AMZN_TRACE_ID",
                                          "AWS_DEFAULT_REGION",
                                          "AWS_REGION",
                                          "AWS_EXECUTION_ENV",
                                          "AWS_LAMBDA_FUNCTION_NAME",
                                          "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                          "AWS_LAMBDA_FUNCTION_VERSION",
                                          "AWS_LAMBDA_INITIALIZATION_TYPE",
                                          "AWS_LAMBDA_LOG_GROUP_NAME",
                                          "AWS_LAMBDA_LOG_STREAM_NAME",
                                          "AWS_ACCESS_KEY",
                                          "AWS_ACCESS_KEY_ID",
                                          "AWS_SECRET_ACCESS_KEY",
                                          "AWS_SESSION_TOKEN",
                                          "AWS_LAMBDA_RUNTIME_API",
                                          "LAMBDA_TASK_ROOT",
                                          "LAMBDA_RUNTIME_DIR",
                                          "_LAMBDA_TELEMETRY_LOG_FD"};

std::string value_of(const Variables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

std::string region_of(const Variables& ours) {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string region = value_of(ours, name); !region.empty()) return region;
  }
  return "us-east-1";
}

// `2026/11/23/[$LATEST]` and 32 hexadecimal digits.
std::string new_log_stream() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::string digits = new_request_id();
  digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
  return fmt::format("{:04}/{:02}/{:02}/[$LATEST]{}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, digits);
}

bool is_name(std::string_view name) {
  if (name.size() < 2 || std::isalpha(static_cast<unsigned char>(name[0])) == 0) return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char one) { return one == '_' || std::isalnum(one) != 0; });
}

}  // namespace

Variables function_environment(const Function& function, const Variables& ours, const std::string& interpreter_folder) {
  Variables result{{"LANG", "en_US.UTF-8"},
                   {"TZ", ":UTC"},
                   {"PATH", interpreter_folder + ":/usr/local/bin:/usr/bin:/bin:/opt/bin"},
                   {"LD_LIBRARY_PATH",
                    "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"}};
  for (const auto& [name, value] : function.environment) result[name] = value;
  const std::string region = region_of(ours);
  result["AWS_REGION"] = result["AWS_DEFAULT_REGION"] = region;
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}) {
    if (std::string value = value_of(ours, name); !value.empty()) result[name] = value;
  }
  result["_HANDLER"] = function.handler;
  result["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + std::string(function.target.runtime->id);
  result["AWS_LAMBDA_FUNCTION_NAME"] = function.name;
  result["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
  result["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = std::to_string(function.memory);
  result["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
  result["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + function.name;
  result["AWS_LAMBDA_LOG_STREAM_NAME"] = new_log_stream();
  result["LAMBDA_RUNTIME_DIR"] = "/var/runtime";
  return result;
}

void check_environment(const Variables& environment) {
  for (const auto& [name, value] : environment) {
    if (!is_name(name)) {
      throw Error("the environment variable " + quote(name) + " has a name that Lambda refuses",
                  "at least two of letters, digits and \"_\", the first of them a letter");
    }
    if (std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved)) {
      throw Error("the environment variable " + name + " is Lambda's own: a function's configuration cannot set it",
                  name.starts_with("AWS_REGION") || name == "AWS_DEFAULT_REGION"
                      ? "set it in the environment of lambda-pack, for a local run"
                      : "take another name");
    }
  }
}

std::string arn_of(const Function& function, const Variables& ours) {
  return "arn:aws:lambda:" + region_of(ours) + ":123456789012:function:" + function.name;
}

Variables own_environment() {
  Variables result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

}  // namespace lambda_pack
