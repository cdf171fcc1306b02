#include "store/partial_file.hpp"

#include <gtest/gtest.h>

#include "system/files.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class PartialFiles : public testing::Test {
 protected:
  TemporaryFolder folder_{fs::temp_directory_path(), "partial test "};
  fs::path path_ = folder_.path() / "sha256-00";
};

TEST_F(PartialFiles, KeepTheirBytesAndValidatorForALaterRun) {
  const Validator validator{"http://index.example/foo", "\"v1\"", "Mon, 01 Jan 2024 00:00:00 GMT"};
  {
    auto file = PartialFile::try_open(path_);
    file->restart(validator);
    file->append(bytes_of("abc"));
  }
  const auto again = PartialFile::try_open(path_);
  EXPECT_EQ(again->size(), 3U);
  EXPECT_EQ(again->validator(), validator);
}

TEST_F(PartialFiles, AreHeldByOneAtATime) {
  auto file = PartialFile::try_open(path_);
  ASSERT_TRUE(file);
  EXPECT_FALSE(PartialFile::try_open(path_));
  file.reset();
  EXPECT_TRUE(PartialFile::try_open(path_));
}

TEST_F(PartialFiles, ThatAreEmptyLeaveNothing) {
  PartialFile::try_open(path_);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(PartialFiles, ThatAreDiscardedLeaveNothing) {
  auto file = PartialFile::try_open(path_);
  file->restart({"http://index.example/foo", "\"v1\"", ""});
  file->append(bytes_of("abc"));
  file->discard();
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(PartialFiles, ThatWereMovedAwayAreNotRemoved) {
  auto file = PartialFile::try_open(path_);
  file->append(bytes_of("abc"));
  fs::rename(path_, folder_.path() / "moved");
  file->discard();
  EXPECT_EQ(read_file(folder_.path() / "moved"), "abc");
}

TEST_F(PartialFiles, BeginAnewWithoutTheirOldBytes) {
  auto file = PartialFile::try_open(path_);
  file->append(bytes_of("abc"));
  file->restart({});
  EXPECT_EQ(file->size(), 0U);
  file->append(bytes_of("d"));
  EXPECT_EQ(read_file(path_), "d");
}

TEST_F(PartialFiles, WithADamagedValidatorHaveNone) {
  {
    auto file = PartialFile::try_open(path_);
    file->append(bytes_of("abc"));
  }
  write_if_different(path_.string() + ".json", "{\"etag\": 3, ");
  EXPECT_TRUE(PartialFile::try_open(path_)->validator().empty());
}

}  // namespace
}  // namespace lambda_pack
