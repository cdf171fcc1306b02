// One execution environment: a process that runs one function, one invocation after the other, as Lambda's does.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "invoke/function.hpp"

namespace lambda_pack {

// How functions of one minor and architecture are run on this machine.
struct Client {
  std::filesystem::path interpreter;  // of the runtime's minor
  std::filesystem::path emulator;     // qemu-user, for an interpreter of another architecture; else empty
  std::filesystem::path packages;     // the folder that has awslambdaric and what else the runtime brings
  int debug_port = 0;                 // waits for a debugger (debugpy) there; 0: does not
};

struct InvocationRequest {
  std::string request_id;      // a UUID
  std::string payload;         // JSON; empty: no payload, which handlers see as {}
  std::string client_context;  // JSON, as X-Amz-Client-Context says it; empty: none
  std::string function_arn;    // empty: one made from the function's name
};

// What the caller of the AWS API gets, and the log.
struct InvocationResult {
  std::string payload;         // the response, or the error object
  std::string function_error;  // "Unhandled", or empty when the function succeeded
  std::string log;             // from START to REPORT, the output of a cold start before them; lines end with \n
};

class ExecutionEnvironment {
 public:
  // Takes parts of the log as soon as they are known, in order, whole lines; called from any thread, one at a time.
  using LogSink = std::function<void(std::string_view)>;

  // Nothing is started before the first invocation.
  ExecutionEnvironment(Function function, Client client, LogSink log);
  ExecutionEnvironment(const ExecutionEnvironment&) = delete;
  ExecutionEnvironment& operator=(const ExecutionEnvironment&) = delete;
  // Ends the process and all it started.
  ~ExecutionEnvironment();

  // Runs one invocation to its end, at most the function's timeout after the initialisation. Failures of the function,
  // of any kind, are results; throws Error only when no process can be started here at all. Not reentrant.
  InvocationResult invoke(const InvocationRequest& request);

  // Ends a running invocation from another thread: invoke returns soon, as if the process had been killed.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lambda_pack
