#include "base/sha256.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

constexpr std::string_view kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, ReadsAndWritesHexadecimal) {
  ASSERT_TRUE(Sha256::from_hex(kEmpty));
  EXPECT_EQ(Sha256::from_hex(kEmpty)->hex(), kEmpty);
  EXPECT_EQ(Sha256::from_hex("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")->hex(), kEmpty);
  EXPECT_FALSE(Sha256::from_hex("e3b0"));
  EXPECT_FALSE(Sha256::from_hex(std::string(63, 'a') + "g"));
}

TEST(Sha256, WritesBase64AsLambdaAndRecordDo) {
  EXPECT_EQ(Sha256::from_hex(kEmpty)->base64(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(base64url(*Sha256::from_hex(kEmpty)), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

TEST(FileHash, TakesStrongAlgorithmsOfTheRightLengthOnly) {
  EXPECT_EQ(FileHash::parse("sha256:" + std::string(kEmpty))->str(), "sha256:" + std::string(kEmpty));
  EXPECT_TRUE(FileHash::parse("SHA512:" + std::string(128, 'A')));
  EXPECT_FALSE(FileHash::parse("md5:" + std::string(32, 'a')));
  EXPECT_FALSE(FileHash::parse("sha1:" + std::string(40, 'a')));
  EXPECT_FALSE(FileHash::parse("sha256:" + std::string(63, 'a')));
  EXPECT_FALSE(FileHash::parse(kEmpty));
}

}  // namespace
}  // namespace lambda_pack
