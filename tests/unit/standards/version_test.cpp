#include "standards/version.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

std::string normalized(std::string_view text) {
  const auto version = Version::parse(text);
  return version ? version->str() : "none";
}

TEST(Version, NormalizesEverySpelling) {
  EXPECT_EQ(normalized("  V1.0 \n"), "1.0");
  EXPECT_EQ(normalized("01.002"), "1.2");
  EXPECT_EQ(normalized("0!1.0"), "1.0");
  EXPECT_EQ(normalized("2!1"), "2!1");
  EXPECT_EQ(normalized("1.0-ALPHA_3"), "1.0a3");
  EXPECT_EQ(normalized("1.0preview"), "1.0rc0");
  EXPECT_EQ(normalized("1.0.c-2"), "1.0rc2");
  EXPECT_EQ(normalized("1.0-5"), "1.0.post5");
  EXPECT_EQ(normalized("1.0rev"), "1.0.post0");
  EXPECT_EQ(normalized("1.0_DEV.007"), "1.0.dev7");
  EXPECT_EQ(normalized("1.0+Ubuntu-01_x"), "1.0+ubuntu.1.x");
  EXPECT_EQ(normalized("1!1.0b2.post3.dev4+5"), "1!1.0b2.post3.dev4+5");
  EXPECT_EQ(normalized("1.0a--1"), "1.0a0.post1");
}

TEST(Version, IsNotReadFromOtherTexts) {
  for (const char* text : {"", " ", "v", "!1", "1!", "1.", ".1", "1..2", "1.0+", "1.0+a..b", "1.0+a.", "1.0-", "1.0--1",
                           "1.0foo", "1 0", "1.0.dev1.post1", "1.0*", "1.0.*", "1.0\xc3\xa9"}) {
    EXPECT_FALSE(Version::parse(text)) << text;
  }
}

TEST(Version, IsRequiredByName) {
  EXPECT_EQ(Version::require("1.0").str(), "1.0");
  try {
    Version::require("one\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "\"one\\n\" is not a version");
    EXPECT_NE(error.hint(), "");
  }
}

// PEP 440, "Summary of permitted suffixes and relative ordering", and the local versions of its appendix.
TEST(Version, ComesInTheOrderOfPep440) {
  const std::vector<std::string> ascending = {"0.dev0",
                                              "0",
                                              "1.dev0",
                                              "1.0.dev456",
                                              "1.0a1",
                                              "1.0a2.dev456",
                                              "1.0a12.dev456",
                                              "1.0a12",
                                              "1.0b1.dev4",
                                              "1.0b2",
                                              "1.0b2.post345.dev456",
                                              "1.0b2.post345",
                                              "1.0rc1.dev456",
                                              "1.0rc1",
                                              "1.0",
                                              "1.0+abc.5",
                                              "1.0+abc.7",
                                              "1.0+abc.7.0",
                                              "1.0+5",
                                              "1.0+5.1",
                                              "1.0.post456.dev34",
                                              "1.0.post456",
                                              "1.0.15",
                                              "1.1.dev1",
                                              "1.10",
                                              "1!0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      const auto order = Version::require(ascending[i]) <=> Version::require(ascending[k]);
      EXPECT_EQ(order, i <=> k) << ascending[i] << " and " << ascending[k];
    }
  }
}

TEST(Version, IgnoresZerosAtTheEndOfTheRelease) {
  EXPECT_EQ(Version::require("1"), Version::require("1.0.0"));
  EXPECT_EQ(Version::require("1.0a1"), Version::require("1a1"));
  EXPECT_NE(Version::require("1.0.1"), Version::require("1.0"));
}

TEST(Version, KeepsNumbersOfAnyLength) {
  const std::string digits(60, '9');
  const Version huge = Version::require(digits + "." + digits + "8");
  EXPECT_EQ(huge.str(), digits + "." + digits + "8");
  EXPECT_LT(huge, Version::require(digits + "." + digits + "9"));
  EXPECT_GT(huge, Version::require("18446744073709551616"));
  EXPECT_EQ(huge.release(0), std::numeric_limits<std::uint64_t>::max());
}

TEST(Version, TellsItsParts) {
  const Version version = Version::require("1!2.3a4.post5.dev6+seven.8");
  EXPECT_EQ(version.public_str(), "1!2.3a4.post5.dev6");
  EXPECT_EQ(version.release_size(), 2U);
  EXPECT_EQ(version.release(0), 2U);
  EXPECT_EQ(version.release(1), 3U);
  EXPECT_EQ(version.release(2), 0U);
  const Version::Parts parts = version.parts();
  EXPECT_EQ(parts.epoch, "1");
  EXPECT_EQ(parts.release, "2.3");
  EXPECT_EQ(parts.pre, "a4");
  EXPECT_EQ(parts.post, "5");
  EXPECT_EQ(parts.dev, "6");
  EXPECT_EQ(parts.local, "seven.8");
}

TEST(Version, KnowsWhatKindOfReleaseItIs) {
  EXPECT_TRUE(Version::require("1.0rc1").is_prerelease());
  EXPECT_TRUE(Version::require("1.0.post1.dev2").is_prerelease());
  EXPECT_FALSE(Version::require("1.0.post1+x").is_prerelease());
  EXPECT_TRUE(Version::require("1.0-1").is_postrelease());
  EXPECT_FALSE(Version::require("1.0+1").is_postrelease());
  EXPECT_TRUE(Version::require("1.0+1").has_local());
  EXPECT_FALSE(Version::require("1.0").has_local());
}

TEST(Version, IsZeroByDefault) { EXPECT_EQ(Version(), Version::require("0")); }

TEST(Version, ComparesWithoutLocalParts) {
  EXPECT_EQ(Version::require("1.0+a").compare_public(Version::require("1.0.0+b")), std::strong_ordering::equal);
  EXPECT_EQ(Version::require("1.0+a").compare_public(Version::require("1.1")), std::strong_ordering::less);
}

}  // namespace
}  // namespace lambda_pack
