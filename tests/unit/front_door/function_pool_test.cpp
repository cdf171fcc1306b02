#include "invoke/function_pool.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "fake_invocable.hpp"

namespace lambda_pack {
namespace {

using WhenFull = FunctionPool::WhenFull;

class FunctionPoolTest : public testing::Test {
 protected:
  std::future<std::string> invoke_later(const std::string& payload, WhenFull when_full = WhenFull::refuse) {
    return std::async(std::launch::async, [=, this] { return invoke(payload, when_full); });
  }
  std::string invoke(const std::string& payload, WhenFull when_full = WhenFull::refuse) {
    return pool_.invoke({"id", payload, "", ""}, when_full).payload;
  }

  FakeWorld world_;
  FunctionPool pool_{fakes(world_), {2, std::chrono::minutes(10)}};
};

TEST_F(FunctionPoolTest, StartsNothingBeforeTheFirstInvocation) { EXPECT_EQ(world_.made, 0); }

TEST_F(FunctionPoolTest, ReusesAWarmEnvironment) {
  EXPECT_EQ(invoke(""), "\"old1\"");
  EXPECT_EQ(invoke(""), "\"old1\"");
  EXPECT_EQ(pool_.size(), 1U);
}

TEST_F(FunctionPoolTest, HasOneForEachConcurrentInvocationAndNoMoreThanAllowed) {
  auto first = invoke_later("\"slow\""), second = invoke_later("\"slow\"");
  wait_until([&] { return world_.running == 2; });
  EXPECT_THROW(invoke(""), TooManyInvocations);
  auto third = invoke_later("", WhenFull::wait);
  world_.gate.open();
  EXPECT_NE(first.get(), second.get());
  third.get();
  EXPECT_EQ(world_.made, 2);
}

TEST_F(FunctionPoolTest, DropsAnEnvironmentThatCannotStart) {
  EXPECT_THROW(invoke("\"broken\""), Error);
  EXPECT_EQ(pool_.size(), 0U);
  EXPECT_EQ(invoke(""), "\"old2\"");
}

TEST_F(FunctionPoolTest, ServesNewCodeWhileWhatRunsEndsOnTheOld) {
  auto running = invoke_later("\"slow\"");
  wait_until([&] { return world_.running == 1; });
  pool_.replace(fakes(world_, "new"));
  EXPECT_EQ(invoke(""), "\"new2\"");
  world_.gate.open();
  EXPECT_EQ(running.get(), "\"old1\"");
  EXPECT_EQ(world_.alive, 1) << "the old one has gone";
}

TEST_F(FunctionPoolTest, EndsWarmEnvironmentsOfOldCodeAtOnce) {
  invoke("");
  pool_.replace(fakes(world_, "new"));
  EXPECT_EQ(world_.alive, 0);
}

TEST_F(FunctionPoolTest, HoldsInvocationsBackUntilTheLastRelease) {
  pool_.hold();
  pool_.hold();
  auto waiting = invoke_later("");
  pool_.release();
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  pool_.replace(fakes(world_, "new"));
  pool_.release();
  EXPECT_EQ(waiting.get(), "\"new1\"");
}

TEST_F(FunctionPoolTest, EndsWhatWasIdleForLong) {
  invoke("");
  pool_.end_idle(FunctionPool::Clock::now() + std::chrono::minutes(9));
  EXPECT_EQ(pool_.size(), 1U);
  pool_.end_idle(FunctionPool::Clock::now() + std::chrono::minutes(11));
  EXPECT_EQ(pool_.size(), 0U);
}

TEST_F(FunctionPoolTest, StopsWhatRunsAndRefusesWhatWaits) {
  auto running = invoke_later("\"slow\"");
  wait_until([&] { return world_.running == 1; });
  pool_.hold();
  auto waiting = invoke_later("");
  pool_.stop();
  EXPECT_EQ(running.get(), "\"old1\"");
  EXPECT_THROW(waiting.get(), Error);
  EXPECT_EQ(pool_.size(), 0U);
}

}  // namespace
}  // namespace lambda_pack
