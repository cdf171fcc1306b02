#include "invoke/watched_paths.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

using std::chrono::milliseconds;

TEST(WatchedPaths, KnowWhoDependsOnAFile) {
  WatchedPaths paths;
  paths.set(0, {{"/p/pyproject.toml", "/shared/data"}, {"/p/src"}});
  paths.set(1, {{"/q/pyproject.toml", "/shared/data"}, {"/q/src"}});
  EXPECT_EQ(paths.owners_of("/p", "pyproject.toml"), (Owners{0}));
  EXPECT_EQ(paths.owners_of("/shared", "data"), (Owners{0, 1}));
  EXPECT_EQ(paths.owners_of("/shared", "other"), Owners{}) << "that folder was not listed";
}

TEST(WatchedPaths, CountEveryNewEntryOfAListedFolder) {
  WatchedPaths paths;
  paths.set(3, {{"/p/src/a.py"}, {"/p/src"}});
  EXPECT_EQ(paths.owners_of("/p/src", "new.py"), (Owners{3}));
  EXPECT_EQ(paths.owners_of("/p", "src"), (Owners{3})) << "the listed folder itself was renamed or removed";
  EXPECT_EQ(paths.owners_of("/p/src/deep", "new.py"), Owners{});
}

TEST(WatchedPaths, ForgetWhatAnOwnerNoLongerDependsOn) {
  WatchedPaths paths;
  paths.set(0, {{"/p/old.py"}, {}});
  paths.set(0, {{"/p/new.py"}, {}});
  EXPECT_EQ(paths.owners_of("/p", "old.py"), Owners{});
  EXPECT_EQ(paths.owners_of("/p", "new.py"), (Owners{0}));
}

TEST(WatchedPaths, IgnoreWhatEditorsAndInterpretersLeaveInAFolder) {
  WatchedPaths paths;
  paths.set(0, {{"/p/a.py"}, {"/p"}});
  for (const char* name : {".a.py.swp", "4913", "a.py~", ".#a.py", "#a.py#", "__pycache__", ".pytest_cache", "a.pyc"}) {
    EXPECT_EQ(paths.owners_of("/p", name), Owners{}) << name;
  }
  paths.set(0, {{"/p/backup~"}, {"/p"}});
  EXPECT_EQ(paths.owners_of("/p", "backup~"), (Owners{0})) << "a build reads this one";
}

class SettlingTest : public testing::Test {
 protected:
  Settling settling_{milliseconds(10), milliseconds(50)};
  const Settling::Clock::time_point zero_{};
};

TEST_F(SettlingTest, HasNothingWithoutAChange) {
  EXPECT_EQ(settling_.due(), std::nullopt);
  EXPECT_EQ(settling_.take(zero_), Owners{});
  settling_.seen({}, zero_);
  EXPECT_EQ(settling_.due(), std::nullopt);
}

TEST_F(SettlingTest, WaitsForQuiet) {
  settling_.seen({1}, zero_);
  settling_.seen({2}, zero_ + milliseconds(8));
  EXPECT_EQ(settling_.take(zero_ + milliseconds(17)), Owners{});
  EXPECT_EQ(settling_.due(), zero_ + milliseconds(18));
  EXPECT_EQ(settling_.take(zero_ + milliseconds(18)), (Owners{1, 2}));
  EXPECT_EQ(settling_.take(zero_ + milliseconds(100)), Owners{}) << "taken once";
}

TEST_F(SettlingTest, DoesNotWaitForEver) {
  for (int at = 0; at < 60; at += 5) settling_.seen({1}, zero_ + milliseconds(at));
  EXPECT_EQ(settling_.due(), zero_ + milliseconds(50));
}

}  // namespace
}  // namespace lambda_pack
