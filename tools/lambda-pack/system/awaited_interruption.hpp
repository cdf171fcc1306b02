// Ctrl-C and SIGTERM for programs that serve until then and have things to end in order.
#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace lambda_pack {

// While the object lives, the first interruption (SIGINT, SIGTERM, SIGHUP) does not end the program: wait() returns it.
// The second one ends it at once, cleaning up as clean_up_when_interrupted() has it. At most one at a time.
class AwaitedInterruption {
 public:
  AwaitedInterruption();
  AwaitedInterruption(const AwaitedInterruption&) = delete;
  AwaitedInterruption& operator=(const AwaitedInterruption&) = delete;
  ~AwaitedInterruption();

  // The signal that came, or nothing when none has come within `most`.
  std::optional<int> wait(std::chrono::milliseconds most) const;

 private:
  struct sigaction before_[3]{};
  int reading_ = -1;
};

}  // namespace lambda_pack
