#include "lock/poetry_lock.hpp"

#include <gtest/gtest.h>

#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

using test::kHash;

PoetryLock read(const std::string& text) { return read_poetry_lock(text, "poetry.lock"); }

const std::string kOldPackage =
    "[[package]]\nname = \"PyYAML\"\nversion = \"6.0\"\ncategory = \"main\"\noptional = false\npython-versions = "
    "\"*\"\n";

TEST(PoetryLock, Of11HasItsFilesInMetadataUnderNamesThatAreNotNormalised) {
  const auto lock = read(
      kOldPackage + "[metadata]\nlock-version = \"1.1\"\n[metadata.files]\npyyaml = [{file = \"a.whl\", hash = \"" +
      kHash + "\"}]\n");
  ASSERT_EQ(lock.packages.size(), 1u);
  EXPECT_EQ(lock.packages[0].name.str(), "pyyaml");
  ASSERT_EQ(lock.packages[0].files.size(), 1u);
  EXPECT_EQ(lock.packages[0].files[0].hashes[0].str(), kHash);
  EXPECT_TRUE(lock.mixed_files);
  EXPECT_FALSE(lock.has_groups);
}

TEST(PoetryLock, Of10HasNoLockVersion) {
  EXPECT_EQ(read(kOldPackage + "[metadata]\n[metadata.files]\npyyaml = []\n").packages.size(), 1u);
}

TEST(PoetryLock, Of20HasItsFilesInThePackageWithAndWithoutCategory) {
  for (const char* category : {"", "category = \"main\"\n"}) {
    const auto lock = read(test::lock(test::package("idna", "3.4", category)));
    ASSERT_EQ(lock.packages.size(), 1u);
    EXPECT_EQ(lock.packages[0].files.size(), 1u);
    EXPECT_FALSE(lock.mixed_files);
  }
}

TEST(PoetryLock, Of21HasGroupsAndOneMarkerOrATableOfThem) {
  const auto lock = read(test::lock(
      test::package("one", "1", "groups = [\"main\", \"Dev_Tools\"]\nmarkers = \"python_version < '3.9'\"\n") +
          test::package("two", "1", "groups = [\"main\", \"dev\"]\nmarkers = {dev = \"sys_platform == 'linux'\"}\n"),
      "2.1"));
  EXPECT_TRUE(lock.has_groups);
  EXPECT_EQ(lock.packages[0].groups, (std::set<std::string>{"dev-tools", "main"}));
  EXPECT_EQ(lock.packages[0].markers.size(), 2u);
  EXPECT_EQ(lock.packages[1].markers.count("main"), 0u);
  EXPECT_EQ(lock.packages[1].markers.count("dev"), 1u);
}

TEST(PoetryLock, ReadsWhereAPackageComesFrom) {
  const auto lock =
      read(test::lock(test::package("one", "1",
                                    "[package.source]\ntype = \"git\"\nurl = \"https://x/one\"\nreference = "
                                    "\"main\"\nresolved_reference = \"abc\"\n"
                                    "subdirectory = \"py\"\n")));
  EXPECT_EQ(lock.packages[0].source, (Source{SourceKind::git, "https://x/one", "main", "abc", "py"}));
}

TEST(PoetryLock, OfAFileSourceKeepsThatFileOnly) {
  const auto lock = read(
      test::lock(test::package("one", "1",
                               test::files({"one-1-py3-none-any.whl", "one-1.tar.gz"}) +
                                   "[package.source]\ntype = \"file\"\nurl = \"../wheels/one-1-py3-none-any.whl\"\n")));
  ASSERT_EQ(lock.packages[0].files.size(), 1u);
  EXPECT_EQ(lock.packages[0].files[0].name, "one-1-py3-none-any.whl");
}

TEST(PoetryLock, CollectsTheHashesThatTwoIndexesGaveForOneFile) {
  const auto other = "sha256:" + std::string(64, 'b');
  const auto lock = read(test::lock(test::package(
      "one", "1",
      "files = [{file = \"a.whl\", hash = \"" + kHash + "\"}, {file = \"a.whl\", hash = \"" + other + "\"}]\n")));
  ASSERT_EQ(lock.packages[0].files.size(), 1u);
  EXPECT_EQ(lock.packages[0].files[0].hashes.size(), 2u);
}

TEST(PoetryLock, ReadsExtrasWithDamagedRequirements) {
  const auto lock = read(test::lock(test::package(
      "one", "1", "[package.extras]\nAll_Of = [\"two[fast,Slow_One] (>=1.0<2.0appnope)\", \"three\"]\n")));
  const auto& members = lock.packages[0].extras.at("all-of");
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].name.str(), "two");
  EXPECT_EQ(members[0].extras, (std::set<std::string>{"fast", "slow-one"}));
}

TEST(PoetryLock, OfALaterVersionTwoIsReadWithAWarning) {
  EXPECT_EQ(read(test::lock("", "2.7")).warning,
            "poetry.lock has lock version 2.7, newer than 2.1, the newest known here");
}

TEST(PoetryLock, WithoutPackagesIsFine) {
  EXPECT_TRUE(read("package = []\n" + test::lock("", "2.1")).packages.empty());
}

}  // namespace
}  // namespace lambda_pack
