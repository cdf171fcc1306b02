#include "invoke/runtime_api.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace lambda_pack {
namespace {

constexpr std::string_view kInvocation = "/2018-06-01/runtime/invocation/";
constexpr std::string_view kInitError = "/2018-06-01/runtime/init/error";

HttpResponse json_response(int status, const nlohmann::json& body) {
  return {status, {{"Content-Type", "application/json"}}, body.dump()};
}

HttpResponse refusal(int status, std::string_view type, std::string_view message) {
  return json_response(status, {{"errorType", type}, {"errorMessage", message}});
}

HttpResponse accepted() { return json_response(202, {{"status", "OK"}}); }

// Where the text of a header stays one header.
std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char one) { return one == '\r' || one == '\n' || one == '\0'; }, ' ');
  return text;
}

}  // namespace

RuntimeApi::Answer RuntimeApi::handle(HttpRequest request) {
  const bool is_get = request.method == "GET";
  if (request.path == std::string(kInvocation) + "next") {
    if (is_get) return next();
    return {Meaning::nothing, refusal(405, "MethodNotAllowed", "next is a GET")};
  }
  const bool is_known = request.path == kInitError || request.path.starts_with(kInvocation);
  if (is_known && request.method != "POST") {
    return {Meaning::nothing, refusal(405, "MethodNotAllowed", "only POST is allowed here")};
  }
  if (request.path == kInitError) return init_error(std::move(request));
  if (request.path.starts_with(kInvocation)) return end_of_invocation(std::move(request));
  return {Meaning::nothing, refusal(404, "NotFound", "the Runtime API has no " + request.path)};
}

RuntimeApi::Answer RuntimeApi::next() {
  if (state_ != State::initializing && state_ != State::answered) return refuse_transition("Ready");
  state_ = State::ready;
  return {Meaning::next, {}};
}

HttpResponse RuntimeApi::next_answer(const RuntimeEvent& event) {
  state_ = State::running;
  request_id_ = event.request_id;
  HttpResponse response{200,
                        {{"Content-Type", "application/json"},
                         {"Lambda-Runtime-Aws-Request-Id", event.request_id},
                         {"Lambda-Runtime-Deadline-Ms", std::to_string(event.deadline_ms)},
                         {"Lambda-Runtime-Invoked-Function-Arn", event.function_arn},
                         {"Lambda-Runtime-Trace-Id", event.trace_id}},
                        event.payload.empty() ? "{}" : event.payload};
  if (!event.client_context.empty()) response.headers["Lambda-Runtime-Client-Context"] = event.client_context;
  for (auto& [name, value] : response.headers) value = one_line(std::move(value));
  return response;
}

RuntimeApi::Answer RuntimeApi::end_of_invocation(HttpRequest request) {
  const std::string rest = request.path.substr(kInvocation.size());
  const std::size_t slash = rest.find('/');
  const std::string id = rest.substr(0, slash), what = slash == std::string::npos ? "" : rest.substr(slash + 1);
  if (what != "response" && what != "error") {
    return {Meaning::nothing, refusal(404, "NotFound", "the Runtime API has no " + request.path)};
  }
  if (state_ != State::running)
    return refuse_transition(what == "error" ? "InvocationErrorResponse" : "InvocationResponse");
  if (id != request_id_) return {Meaning::nothing, refusal(400, "InvalidRequestID", "Invalid request ID")};
  state_ = State::answered;
  if (request.body_size > kResponseLimit) {
    return {Meaning::too_large,
            refusal(413, "RequestEntityTooLarge",
                    "Exceeded maximum allowed payload size (" + std::to_string(kResponseLimit) + " bytes).")};
  }
  body_ = std::move(request.body);
  return {what == "error" ? Meaning::error : Meaning::response, accepted()};
}

RuntimeApi::Answer RuntimeApi::init_error(HttpRequest request) {
  if (state_ != State::initializing) return refuse_transition("InitError");
  state_ = State::failed;
  body_ = std::move(request.body);
  return {Meaning::init_error, accepted()};
}

RuntimeApi::Answer RuntimeApi::refuse_transition(std::string_view wanted) const {
  constexpr std::string_view kNames[] = {"Initializing", "Ready", "Running", "InvocationResponse", "InitError"};
  return {Meaning::nothing, refusal(403, "InvalidStateTransition",
                                    "Transition from " + std::string(kNames[static_cast<std::size_t>(state_)]) +
                                        " to " + std::string(wanted) + " is not allowed")};
}

}  // namespace lambda_pack
