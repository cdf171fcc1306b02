#include "deploy/patience.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lambda_pack {
namespace {

using std::chrono::milliseconds;

AwsFailure failure(AwsFailureKind kind) { return {kind, "Code", "failed", "hint"}; }

// The pauses until it gives up.
std::vector<int> pauses(AwsFailureKind kind, bool has_new_role) {
  std::vector<int> taken;
  Patience patience([&](milliseconds pause) { taken.push_back(static_cast<int>(pause.count())); });
  try {
    for (;;) patience.wait_after(failure(kind), has_new_role);
  } catch (const Error&) {
    return taken;
  }
}

TEST(Patience, TriesAgainAfterWhatPassesByItself) {
  EXPECT_EQ(pauses(AwsFailureKind::busy, false), (std::vector<int>{500, 1000, 2000, 4000, 8000}));
  EXPECT_EQ(pauses(AwsFailureKind::conflict, false).size(), 5U);
}

TEST(Patience, WaitsTwoMinutesForARoleThatMayBeNew) {
  EXPECT_EQ(pauses(AwsFailureKind::role_not_ready, true).size(), 39U);
  EXPECT_TRUE(pauses(AwsFailureKind::role_not_ready, false).empty());
}

TEST(Patience, DoesNotRepeatWhatIsRefused) { EXPECT_TRUE(pauses(AwsFailureKind::refused, true).empty()); }

TEST(Patience, BeginsAnewAfterASuccess) {
  Patience patience([](milliseconds) {});
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 5; ++i) patience.wait_after(failure(AwsFailureKind::busy), false);
    patience.forget();
  }
}

}  // namespace
}  // namespace lambda_pack
