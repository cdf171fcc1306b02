#include "bundle/zip_file.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "system/hashing.hpp"
#include "wheels.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class ZipFile : public testing::Test {
 protected:
  TemporaryFolder folder_{fs::temp_directory_path(), "zip file test "};
  fs::path zip_ = folder_.path() / "out" / "my.zip";
  Verification none_;  // of no wheels
};

TEST_F(ZipFile, HoldsTheBundleAndKnowsItsDigest) {
  const Bundle bundle = make_bundle({{write_wheel(folder_.path(), "a", {{"a.py", "a = 1\n"}})}, {}, {}});
  const WrittenZip written = write_zip(bundle, zip_, {}, none_);
  const MappedFile bytes(zip_);
  EXPECT_EQ(written.size, bytes.bytes().size());
  EXPECT_EQ(written.digest, sha256_of(bytes.bytes()));
  const ZipArchive archive = ZipArchive::parse(bytes.bytes(), "my.zip");
  EXPECT_EQ(archive.entries().size(), bundle.files().size());
  EXPECT_EQ(archive.content(*archive.find("a.py")), "a = 1\n");
}

TEST_F(ZipFile, IsNotTouchedWhenItsBytesAreThere) {
  const Bundle bundle = make_bundle({{write_wheel(folder_.path(), "a", {{"a.py", "a = 1\n"}})}, {}, {}});
  EXPECT_TRUE(write_zip(bundle, zip_, {}, none_).changed);
  const auto time = fs::last_write_time(zip_);
  EXPECT_FALSE(write_zip(bundle, zip_, {}, none_).changed);
  EXPECT_EQ(fs::last_write_time(zip_), time);
}

TEST_F(ZipFile, IsNotWrittenFromADamagedWheel) {
  BundleWheel wheel = write_wheel(folder_.path(), "a", {{"a.py", "a = 1\n"}});
  wheel.digest = sha256_of(std::string_view("something else"));
  Verification verification;
  verification.begin({wheel});
  try {
    write_zip(make_bundle({{wheel}, {}, {}}), zip_, {}, verification);
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(
        std::string(error.what()).starts_with("the stored copy of a-1.0-py3-none-any.whl is damaged: its SHA-256 is "));
    EXPECT_EQ(error.hint(), "the damaged copy was removed; build again to fetch it anew");
  }
  EXPECT_FALSE(fs::exists(zip_));
  EXPECT_FALSE(fs::exists(wheel.path));
}

}  // namespace
}  // namespace lambda_pack
