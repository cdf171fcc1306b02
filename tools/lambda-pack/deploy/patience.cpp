#include "deploy/patience.hpp"

#include <algorithm>
#include <string>

#include "system/report.hpp"

namespace lambda_pack {
namespace {

constexpr int kAttempts = 6;
constexpr int kAttemptsWithNewRole = 40;
constexpr std::chrono::milliseconds kFirstPause{500}, kLongestPause{8000}, kRolePause{3000};

std::string reason(const AwsFailure& failure) {
  switch (failure.kind()) {
    case AwsFailureKind::conflict: return "another change is in progress";
    case AwsFailureKind::role_not_ready: return "Lambda does not know the new role yet";
    default: return failure.code().empty() ? "AWS could not be reached" : "AWS answered " + failure.code();
  }
}

}  // namespace

void Patience::wait_after(const AwsFailure& failure, bool has_new_role) {
  const bool waits_for_role = failure.kind() == AwsFailureKind::role_not_ready;
  const bool may_pass = failure.kind() == AwsFailureKind::busy || failure.kind() == AwsFailureKind::conflict ||
                        (waits_for_role && has_new_role);
  if (!may_pass) throw failure;
  if (++failures_ >= (waits_for_role ? kAttemptsWithNewRole : kAttempts)) {
    const std::string hint = "what was done stays done: run it again to go on";
    throw Error(failure.what(), failure.hint().empty() ? hint : failure.hint() + "\n" + hint);
  }
  const auto pause = waits_for_role ? kRolePause : std::min(kFirstPause * (1 << (failures_ - 1)), kLongestPause);
  say(reason(failure) + ", trying again");
  sleep_(pause);
}

}  // namespace lambda_pack
