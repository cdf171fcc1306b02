// The AWS API's Invoke, as its clients speak it (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html): what
// the AWS CLI and the SDKs reach with an endpoint URL.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "invoke/execution_environment.hpp"

namespace lambda_pack {

// What stands for a function: runs one invocation. `may_wait`: nobody waits for the answer, so this may wait until
// another invocation has ended; otherwise it throws TooManyInvocations.
using Invoker = std::function<InvocationResult(const InvocationRequest& request, bool may_wait)>;

struct FrontDoorOptions {
  std::string host = "127.0.0.1";
  int port = 9001;                // 0: a free one
  std::size_t connections = 256;  // at once; the next ones wait for a free one
  std::size_t events = 256;       // asynchronous invocations that run or wait; more are refused
};

class FrontDoor {
 public:
  // Listens and answers from then on, in threads of its own. Throws Error when the address cannot be had.
  FrontDoor(const FrontDoorOptions& options, std::map<std::string, Invoker> functions);
  FrontDoor(const FrontDoor&) = delete;
  FrontDoor& operator=(const FrontDoor&) = delete;
  ~FrontDoor();

  // "http://127.0.0.1:9001"
  std::string url() const;

  // Takes no more connections, and waits for the answers and events that are under way.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether only this machine can reach the host.
bool is_loopback(std::string_view host);

}  // namespace lambda_pack
