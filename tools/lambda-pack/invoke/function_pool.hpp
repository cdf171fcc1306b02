// The execution environments of one function: a process for each concurrent invocation, kept warm.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "invoke/execution_environment.hpp"

namespace lambda_pack {

// One that runs invocations: an ExecutionEnvironment, or what a test puts in its place.
class Invocable {
 public:
  virtual ~Invocable() = default;
  virtual InvocationResult invoke(const InvocationRequest& request) = 0;
  virtual void stop() = 0;
};
using InvocableMaker = std::function<std::unique_ptr<Invocable>()>;

// Makes ExecutionEnvironments. `keep` is held for as long as one of them lives: what the function's files depend on.
InvocableMaker execution_environments(Function function, Client client, ExecutionEnvironment::LogSink log,
                                      std::shared_ptr<const void> keep = nullptr);

struct PoolLimits {
  std::size_t concurrency = 16;                                         // processes at most
  std::chrono::steady_clock::duration idle = std::chrono::minutes(10);  // then a warm one ends
};

// There are as many invocations as there may be.
class TooManyInvocations : public Error {
 public:
  TooManyInvocations() : Error("as many invocations as there may be are running") {}
};

// Every function may be called from any thread.
class FunctionPool {
 public:
  using Clock = std::chrono::steady_clock;
  enum class WhenFull { refuse, wait };

  FunctionPool(InvocableMaker maker, PoolLimits limits);
  FunctionPool(const FunctionPool&) = delete;
  FunctionPool& operator=(const FunctionPool&) = delete;
  ~FunctionPool();

  // Runs the invocation on the environment that was used last, or on a new one when none is free. With all of them
  // busy it throws TooManyInvocations or waits. Throws Error when the pool was stopped, and what the environment threw.
  InvocationResult invoke(const InvocationRequest& request, WhenFull when_full);

  // From now on invocations wait, until release() was called as often as hold(); those that run go on.
  void hold();
  void release();

  // There is new code: invocations that begin from now on run on environments of `maker`; what runs ends on the old.
  void replace(InvocableMaker maker);

  // Ends the environments that nobody has used since `limits.idle`.
  void end_idle(Clock::time_point now);

  // Ends all that run; what waits or comes later is refused.
  void stop();

  // The environments there are, at work or warm.
  std::size_t size() const;

 private:
  struct Environment {
    std::unique_ptr<Invocable> invocable;
    int generation = 0;
    Clock::time_point used;
  };
  using EnvironmentPointer = std::shared_ptr<Environment>;

  EnvironmentPointer take(WhenFull when_full);
  void give_back(EnvironmentPointer environment, bool is_usable);

  const PoolLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  InvocableMaker maker_;
  int generation_ = 0;
  int holds_ = 0;
  bool stopped_ = false;
  std::vector<EnvironmentPointer> warm_, busy_;  // warm_: the one used last is the last
};

}  // namespace lambda_pack
