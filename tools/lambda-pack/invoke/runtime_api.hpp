// The Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): which request is allowed when, and
// what is answered. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "invoke/http_message.hpp"

namespace lambda_pack {

// Of a response, in bytes: 6 MiB and what Lambda needs around it.
inline constexpr std::size_t kResponseLimit = 6'291'556;

// An event as `next` hands it over.
struct RuntimeEvent {
  std::string request_id, payload, function_arn, trace_id, client_context;
  long long deadline_ms = 0;  // since the epoch
};

class RuntimeApi {
 public:
  // What a request means for the one who runs the function.
  enum class Meaning {
    nothing,     // refused, or of no consequence
    next,        // the runtime waits for an event: the answer is next_answer(), whenever there is one
    response,    // body() is the function's response
    too_large,   // the function's response was, and has been refused
    error,       // body() is the function's error object
    init_error,  // body() is the error object of a failed initialisation
  };
  struct Answer {
    Meaning meaning = Meaning::nothing;
    HttpResponse response;  // not for `next`
  };

  Answer handle(HttpRequest request);
  // The answer to the `next` that waits; the runtime works on the event from now on.
  HttpResponse next_answer(const RuntimeEvent& event);
  // Of the last response or error.
  const std::string& body() const { return body_; }

 private:
  enum class State { initializing, ready, running, answered, failed };
  Answer next();
  Answer end_of_invocation(HttpRequest request);
  Answer init_error(HttpRequest request);
  Answer refuse_transition(std::string_view wanted) const;

  State state_ = State::initializing;
  std::string request_id_, body_;
};

}  // namespace lambda_pack
