#include "invoke/function_pool.hpp"

#include <algorithm>
#include <utility>

namespace lambda_pack {
namespace {

class RealEnvironment : public Invocable {
 public:
  RealEnvironment(const Function& function, const Client& client, ExecutionEnvironment::LogSink log,
                  std::shared_ptr<const void> keep)
      : keep_(std::move(keep)), environment_(function, client, std::move(log)) {}
  InvocationResult invoke(const InvocationRequest& request) override { return environment_.invoke(request); }
  void stop() override { environment_.stop(); }

 private:
  std::shared_ptr<const void> keep_;  // before the environment, so that it goes after it
  ExecutionEnvironment environment_;
};

}  // namespace

InvocableMaker execution_environments(Function function, Client client, ExecutionEnvironment::LogSink log,
                                      std::shared_ptr<const void> keep) {
  return [function = std::move(function), client = std::move(client), log = std::move(log), keep = std::move(keep)] {
    return std::make_unique<RealEnvironment>(function, client, log, keep);
  };
}

FunctionPool::FunctionPool(InvocableMaker maker, PoolLimits limits) : limits_(limits), maker_(std::move(maker)) {}

FunctionPool::~FunctionPool() { stop(); }

InvocationResult FunctionPool::invoke(const InvocationRequest& request, WhenFull when_full) {
  EnvironmentPointer environment = take(when_full);
  try {
    InvocationResult result = environment->invocable->invoke(request);
    give_back(std::move(environment), true);
    return result;
  } catch (...) {
    give_back(std::move(environment), false);
    throw;
  }
}

FunctionPool::EnvironmentPointer FunctionPool::take(WhenFull when_full) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    const bool is_full = busy_.size() >= limits_.concurrency;
    return stopped_ || (holds_ == 0 && (!is_full || when_full == WhenFull::refuse));
  });
  if (stopped_) throw Error("the server is stopping");
  if (busy_.size() >= limits_.concurrency) throw TooManyInvocations();
  if (warm_.empty()) {
    busy_.push_back(std::make_shared<Environment>(Environment{maker_(), generation_, {}}));
  } else {
    busy_.push_back(std::move(warm_.back()));
    warm_.pop_back();
  }
  return busy_.back();
}

// An environment that is not kept dies outside of the lock, with its last pointer: that ends a process and takes time.
void FunctionPool::give_back(EnvironmentPointer environment, bool is_usable) {
  const std::lock_guard lock(mutex_);
  std::erase(busy_, environment);
  if (is_usable && !stopped_ && environment->generation == generation_) {
    environment->used = Clock::now();
    warm_.push_back(environment);
  }
  changed_.notify_all();
}

void FunctionPool::hold() {
  const std::lock_guard lock(mutex_);
  ++holds_;
}

void FunctionPool::release() {
  const std::lock_guard lock(mutex_);
  --holds_;
  changed_.notify_all();
}

void FunctionPool::replace(InvocableMaker maker) {
  std::vector<EnvironmentPointer> outdated;
  const std::lock_guard lock(mutex_);
  maker_ = std::move(maker);
  ++generation_;
  outdated.swap(warm_);
}

void FunctionPool::end_idle(Clock::time_point now) {
  std::vector<EnvironmentPointer> idle;
  const std::lock_guard lock(mutex_);
  const auto first_kept =
      std::find_if(warm_.begin(), warm_.end(), [&](const auto& one) { return now - one->used < limits_.idle; });
  idle.assign(std::make_move_iterator(warm_.begin()), std::make_move_iterator(first_kept));
  warm_.erase(warm_.begin(), first_kept);
}

void FunctionPool::stop() {
  std::vector<EnvironmentPointer> running, warm;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    warm.swap(warm_);
    changed_.notify_all();
  }
  warm.clear();
  // More than once: one that was just about to begin did not notice.
  std::unique_lock lock(mutex_);
  while (!busy_.empty()) {
    running = busy_;
    lock.unlock();
    for (const EnvironmentPointer& one : running) one->invocable->stop();
    running.clear();
    lock.lock();
    changed_.wait_for(lock, std::chrono::milliseconds(50), [&] { return busy_.empty(); });
  }
}

std::size_t FunctionPool::size() const {
  const std::lock_guard lock(mutex_);
  return warm_.size() + busy_.size();
}

}  // namespace lambda_pack
