#include "invoke/bounded_threads.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace lambda_pack {

struct BoundedThreads::State {
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0, most = 0;

  void end_one() {
    const std::lock_guard lock(mutex);
    --running;
    ended.notify_all();
  }
};

BoundedThreads::BoundedThreads(std::size_t most) : state_(std::make_shared<State>()) { state_->most = most; }

BoundedThreads::~BoundedThreads() { join(); }

void BoundedThreads::run(std::function<void()> task) {
  {
    std::unique_lock lock(state_->mutex);
    state_->ended.wait(lock, [&] { return state_->running < state_->most; });
    ++state_->running;
  }
  start(std::move(task));
}

bool BoundedThreads::try_run(std::function<void()> task) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->running >= state_->most) return false;
    ++state_->running;
  }
  start(std::move(task));
  return true;
}

void BoundedThreads::join() {
  std::unique_lock lock(state_->mutex);
  state_->ended.wait(lock, [&] { return state_->running == 0; });
}

void BoundedThreads::start(std::function<void()> task) {
  try {
    std::thread([state = state_, task = std::move(task)]() mutable {
      task();
      task = nullptr;  // what it holds ends before join() does
      state->end_one();
    }).detach();
  } catch (...) {
    state_->end_one();
    throw;
  }
}

}  // namespace lambda_pack
