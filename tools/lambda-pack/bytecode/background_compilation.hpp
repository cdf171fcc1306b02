// Compiling the wheels that have arrived while others are still on their way.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "bytecode/wheel_bytecode.hpp"

namespace lambda_pack {

// One wheel after the other, in a thread that starts with the first. Says nothing: what fails here is done again, and
// told, by bytecode_of().
class BackgroundCompilation {
 public:
  // `store` must outlive the object.
  BackgroundCompilation(Compiler compiler, const Store& store);
  BackgroundCompilation(const BackgroundCompilation&) = delete;
  BackgroundCompilation& operator=(const BackgroundCompilation&) = delete;
  // Waits for the wheel that is being compiled.
  ~BackgroundCompilation();

  // From any thread.
  void add(WheelInStore wheel);
  // Leaves those that have not begun to bytecode_of(), and waits for nothing.
  void stop();

 private:
  void work();

  Compiler compiler_;
  const Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WheelInStore> waiting_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace lambda_pack
