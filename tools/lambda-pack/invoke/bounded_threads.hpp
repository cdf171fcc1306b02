// A thread for each task, and never more than so many: for tasks that mostly wait.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace lambda_pack {

class BoundedThreads {
 public:
  explicit BoundedThreads(std::size_t most);
  BoundedThreads(const BoundedThreads&) = delete;
  BoundedThreads& operator=(const BoundedThreads&) = delete;
  // Waits for all tasks.
  ~BoundedThreads();

  // Runs `task`, which throws nothing, in a thread of its own; waits for one to end when there are `most`.
  void run(std::function<void()> task);
  // The same, or false without running it when there are `most`.
  bool try_run(std::function<void()> task);
  // Waits until no task runs.
  void join();

 private:
  struct State;
  void start(std::function<void()> task);
  std::shared_ptr<State> state_;  // shared with the threads, which outlive join() by a moment
};

}  // namespace lambda_pack
