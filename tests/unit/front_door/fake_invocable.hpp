// Stands for an execution environment: answers at once, or when the test lets it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "invoke/function_pool.hpp"

namespace lambda_pack {

class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    opened_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

// What all fakes of a test share.
struct FakeWorld {
  std::atomic<int> made = 0, alive = 0, running = 0;
  Gate gate;  // of payload "slow"
};

class FakeInvocable : public Invocable {
 public:
  FakeInvocable(FakeWorld& world, std::string code) : world_(world), code_(std::move(code)), number_(++world.made) {
    ++world_.alive;
  }
  ~FakeInvocable() override { --world_.alive; }

  InvocationResult invoke(const InvocationRequest& request) override {
    ++world_.running;
    if (request.payload == "\"slow\"") world_.gate.pass();
    --world_.running;
    if (request.payload == "\"broken\"") throw Error("no process can be started");
    if (request.payload == "\"failing\"") return {R"({"errorType":"E"})", "Unhandled", "log\n"};
    return {"\"" + code_ + std::to_string(number_) + "\"", "", std::string(5000, '.') + "END\n"};
  }
  void stop() override { world_.gate.open(); }

 private:
  FakeWorld& world_;
  const std::string code_;
  const int number_;
};

inline InvocableMaker fakes(FakeWorld& world, std::string code = "old") {
  return [&world, code] { return std::make_unique<FakeInvocable>(world, code); };
}

template <class Condition>
void wait_until(Condition condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace lambda_pack
