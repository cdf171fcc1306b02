// How long a deployment tries again, and when it gives up.
#pragma once

#include <chrono>
#include <functional>

#include "deploy/aws_failure.hpp"

namespace lambda_pack {

using Sleep = std::function<void(std::chrono::milliseconds)>;

// Between two successes: six attempts within about 15 s for what passes by itself, two minutes for a role that Lambda
// does not know yet (AWS needs some ten seconds).
class Patience {
 public:
  explicit Patience(Sleep sleep) : sleep_(std::move(sleep)) {}

  // Waits, and says so; throws `failure` when waiting does not help, or has not. `has_new_role` tells whether
  // the role may be one that was only just made.
  void wait_after(const AwsFailure& failure, bool has_new_role);

  void forget() { failures_ = 0; }

 private:
  Sleep sleep_;
  int failures_ = 0;
};

}  // namespace lambda_pack
