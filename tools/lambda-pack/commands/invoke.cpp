#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iostream>
#include <iterator>
#include <optional>
#include <variant>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/served_function.hpp"
#include "invoke/request_id.hpp"
#include "system/awaited_interruption.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr const char* kEventVariable = "LAMBDA_PYTHON_EVENT";

// The variable comes first: whoever calls a target of a build has no flags.
fs::path event_of(const Settings& settings) {
  const char* chosen = std::getenv(kEventVariable);
  return chosen != nullptr && *chosen != '\0' ? fs::path(chosen) : settings.event;
}

// What is not JSON the AWS API refuses, before a function is called.
void require_json(const std::string& event, const fs::path& origin) {
  const std::string what = origin == "-" ? "the event on stdin" : "the event " + origin.string();
  if (!is_utf8(event)) throw Error(what + " is not UTF-8", "events are JSON (RFC 8259)");
  try {
    const Json parsed = Json::parse(event);
  } catch (const Json::parse_error& error) {
    const auto end = event.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, event.size()));
    throw Error(what + " is not JSON; see its line " + std::to_string(1 + std::count(event.begin(), end, '\n')),
                "for example: {\"key\": \"value\"}");
  }
}

// `{}` where none is given, as the AWS CLI's invoke has it.
std::string read_event(const fs::path& origin) {
  if (origin.empty()) return {};
  const std::string event =
      origin == "-" ? std::string(std::istreambuf_iterator<char>(std::cin), {}) : read_file(origin);
  require_json(event, origin);
  return event;
}

void write_log(std::string_view lines) {
  std::fwrite(lines.data(), 1, lines.size(), stderr);
  std::fflush(stderr);
}

// `KeyError: 'id'`, of Lambda's error object; what a handler's own code made of it may lack the fields.
std::string failure_of(const std::string& payload) {
  const Json error = Json::parse(payload, nullptr, false);
  if (!error.is_object()) return "an error";
  const auto text_of = [&error](const char* key) {
    const auto found = error.find(key);
    return found != error.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string type = text_of("errorType"), message = text_of("errorMessage");
  return type.empty() || message.empty() ? type + message : type + ": " + message;
}

// The result, or the signal that came before it: then the function's processes have been told to end.
std::variant<InvocationResult, int> result_or_signal(ServedFunction& function, const InvocationRequest& request) {
  const AwaitedInterruption interruption;
  std::future<InvocationResult> running =
      std::async(std::launch::async, [&] { return function.invoke(request, true); });
  constexpr std::chrono::milliseconds kPause{5};
  std::optional<int> signal_number;
  while (!signal_number && running.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    signal_number = interruption.wait(kPause);
  }
  if (!signal_number) return running.get();
  function.pool().stop();
  running.wait();
  return *signal_number;
}

// `text` is JSON, or names a file of it.
Json expected_json(const std::string& text) {
  Json expected = Json::parse(text, nullptr, false);
  if (!expected.is_discarded()) return expected;
  std::error_code error;
  if (!fs::is_regular_file(text, error)) {
    throw Error("what is expected is neither JSON nor a file: " + quote(text), "for example: --expect '{\"key\": 1}'");
  }
  expected = Json::parse(read_file(text), nullptr, false);
  if (expected.is_discarded()) throw Error("the expected response " + text + " is not JSON");
  return expected;
}

void require_response(const std::string& response, const Json& expected) {
  const Json answered = Json::parse(response, nullptr, false);
  if (answered == expected) return;
  throw Error("the response is " + response + "\nexpected was " + expected.dump(), "the function's log is above");
}

}  // namespace

void run_invoke(const Settings& settings) {
  InvocationRequest request;
  request.request_id = new_request_id();
  request.payload = read_event(event_of(settings));
  const Json expected = settings.expect.empty() ? Json() : expected_json(settings.expect);
  std::variant<InvocationResult, int> outcome;
  {
    ServedFunction function(settings, write_log);
    outcome = result_or_signal(function, request);
  }
  if (const int* signal_number = std::get_if<int>(&outcome)) {
    std::raise(*signal_number);  // nothing is left to end: 130 or 143, as for every subcommand
    return;
  }
  const InvocationResult& result = std::get<InvocationResult>(outcome);
  std::printf("%s\n", result.payload.c_str());
  std::fflush(stdout);
  if (!result.function_error.empty())
    throw Error(settings.function_name + " failed with " + failure_of(result.payload));
  if (!settings.expect.empty()) require_response(result.payload, expected);
}

}  // namespace lambda_pack
