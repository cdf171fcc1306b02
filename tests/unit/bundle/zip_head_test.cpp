#include "bundle/zip_head.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "bundle/zip_file.hpp"
#include "bundle/zip_order.hpp"
#include "system/files.hpp"
#include "wheels.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class ZipHeadTest : public testing::Test {
 protected:
  ZipHeadTest() {
    for (const char* name : {"b", "z"}) {
      wheels_.push_back(write_wheel(
          folder_.path() / "store", name,
          {{std::string(name) + ".py", std::string(name) + " = 1\n"}, {std::string(name) + "_empty.py", ""}}));
      wheels_.back().digest = sha256_of_file(wheels_.back().path);
    }
  }

  // The whole bundle, of which the project's own module sorts between the others.
  Bundle bundle(const std::string& own = "m = 1\n") {
    BundleRequest request{wheels_, {}, {}};
    request.wheels.push_back(write_wheel(folder_.path() / "project", "m", {{"m.py", own}}));
    request.wheels.back().is_project = true;
    return make_bundle(request);
  }

  void write_head(const std::function<bool()>& enough = [] { return false; }, ZipTime time = {}) {
    const auto verified = verified_files(wheels_);
    if (verified) write_zip_head(make_bundle({wheels_, {}, {}}), *verified, time, work_, enough);
  }

  // What is written without a head.
  std::string whole(const Bundle& bundle) {
    Verification none;
    write_zip(bundle, folder_.path() / "whole.zip", {}, none);
    return read_file(folder_.path() / "whole.zip");
  }

  std::string with_head(const Bundle& bundle, std::optional<ZipHead> head) {
    Verification none;
    const WrittenZip written = write_zip(bundle, zip_, {}, none, head);
    EXPECT_EQ(written.digest, sha256_of_file(zip_));
    head.reset();
    EXPECT_FALSE(fs::exists(work_ / "zip-head"));
    return read_file(zip_);
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "zip head test "};
  fs::path work_ = folder_.path() / "work", zip_ = folder_.path() / "out" / "my.zip";
  std::vector<BundleWheel> wheels_;
};

TEST_F(ZipHeadTest, IsTheBeginningOfTheZip) {
  write_head();
  EXPECT_TRUE(is_zip_head_waiting(work_));
  const std::string bytes = read_file(work_ / "zip-head");
  auto head = take_zip_head(work_);
  ASSERT_TRUE(head);
  EXPECT_FALSE(is_zip_head_waiting(work_));
  const Bundle all = bundle();
  EXPECT_TRUE(whole(all).starts_with(bytes));
  EXPECT_EQ(head->count, zip_order(all).head);
  EXPECT_EQ(head->hashed.length, bytes.size());
  EXPECT_EQ(with_head(all, std::move(head)), whole(all));
}

TEST_F(ZipHeadTest, IsMovedIntoTheZipRatherThanCopied) {
  write_head();
  struct stat before{}, after{};
  stat((work_ / "zip-head").c_str(), &before);
  with_head(bundle(), take_zip_head(work_));
  stat(zip_.c_str(), &after);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(ZipHeadTest, MayEndEarly) {
  write_head([] { return true; });
  auto head = take_zip_head(work_);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->count, 0U);
  EXPECT_EQ(with_head(bundle(), std::move(head)), whole(bundle()));
}

TEST_F(ZipHeadTest, OfOtherContentIsNotUsed) {
  write_head();
  wheels_.pop_back();
  const Bundle all = bundle();
  EXPECT_EQ(with_head(all, take_zip_head(work_)), whole(all));
}

TEST_F(ZipHeadTest, OfAnotherTimeIsNotUsed) {
  write_head([] { return false; }, ZipTime::from_source_date_epoch("1700000000"));
  const Bundle all = bundle();
  EXPECT_EQ(with_head(all, take_zip_head(work_)), whole(all));
}

TEST_F(ZipHeadTest, ThatSomebodyChangedIsNotTaken) {
  write_head();
  std::ofstream(work_ / "zip-head", std::ios::app) << "more";
  EXPECT_FALSE(take_zip_head(work_));
  EXPECT_FALSE(fs::exists(work_ / "zip-head"));
}

TEST_F(ZipHeadTest, WithADamagedRecordIsNotTaken) {
  for (const char* record : {"", "[]", "{}", "{\"format\": 1, \"time\": \"now\"}"}) {
    write_head();
    std::ofstream(work_ / "zip-head.json") << record;
    EXPECT_FALSE(take_zip_head(work_)) << record;
    EXPECT_FALSE(fs::exists(work_ / "zip-head")) << record;
  }
}

TEST_F(ZipHeadTest, OfAnEarlierDayIsNotTaken) {
  write_head();
  const std::string text = read_file(work_ / "zip-head.json");
  const std::size_t time = text.find("\"time\":") + 7;
  for (const char* other : {"1600000000", "4000000000"}) {
    write_if_different(work_ / "zip-head.json",
                       text.substr(0, time) + other + text.substr(text.find_first_of(",}", time)));
    EXPECT_FALSE(take_zip_head(work_)) << other;
    write_head();
  }
  EXPECT_TRUE(take_zip_head(work_));
}

TEST_F(ZipHeadTest, CanBeDroppedAndStillWait) {
  write_head();
  drop_zip_head(work_);
  EXPECT_FALSE(fs::exists(work_ / "zip-head"));
  EXPECT_TRUE(is_zip_head_waiting(work_));
  EXPECT_FALSE(take_zip_head(work_));
  EXPECT_FALSE(is_zip_head_waiting(work_));
}

TEST_F(ZipHeadTest, IsNotWrittenFromADamagedWheel) {
  wheels_.front().digest = sha256_of(std::string_view("something else"));
  write_head();
  EXPECT_FALSE(is_zip_head_waiting(work_));
  EXPECT_TRUE(fs::exists(wheels_.front().path));
}

TEST_F(ZipHeadTest, SaysWhichWheelsNeedNotBeHashedAgain) {
  write_head();
  const auto head = take_zip_head(work_);
  ASSERT_TRUE(head);
  std::vector<BundleWheel> wrong = wheels_;
  for (BundleWheel& wheel : wrong) wheel.digest = sha256_of(std::string_view("something else"));
  EXPECT_FALSE(first_damaged(wrong, head->verified));
  std::ofstream(wrong.back().path, std::ios::app) << "x";
  const auto damaged = first_damaged(wrong, head->verified);
  ASSERT_TRUE(damaged);
  EXPECT_EQ(damaged->path, wrong.back().path);
}

}  // namespace
}  // namespace lambda_pack
