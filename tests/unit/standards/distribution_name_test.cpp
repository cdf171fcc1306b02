#include "standards/distribution_name.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

TEST(DistributionName, EqualsItsOtherSpellings) {
  EXPECT_EQ(DistributionName("Zope.Interface"), DistributionName("zope-interface"));
  EXPECT_EQ(DistributionName("a-._b").str(), "a-b");
  EXPECT_NE(DistributionName("ab"), DistributionName("a-b"));
}

TEST(DistributionName, RefusesWhatIsNoName) {
  for (const char* text : {"", "-a", "a-", "_", "a b", "a/b", "..", "\xc3\xa9"}) {
    EXPECT_THROW(DistributionName{text}, Error) << text;
  }
}

TEST(DistributionName, NamesTheTextThatIsNoName) {
  try {
    DistributionName("../evil");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "\"../evil\" is not the name of a distribution");
    EXPECT_NE(error.hint(), "");
  }
}

TEST(NormalizeName, KeepsSeparatorsAtTheEndsAsOneDash) {
  EXPECT_EQ(normalize_name("._Dev_"), "-dev-");
  EXPECT_EQ(normalize_name(""), "");
}

}  // namespace
}  // namespace lambda_pack
