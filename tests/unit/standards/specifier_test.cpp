#include "standards/specifier.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

bool admits(std::string_view specifiers, std::string_view version) {
  return SpecifierSet::parse(specifiers).contains(Version::require(version));
}

TEST(SpecifierSet, AdmitsEverythingWhenEmpty) {
  EXPECT_TRUE(admits("", "0.dev0"));
  EXPECT_TRUE(admits(" , ", "1!2"));
  EXPECT_TRUE(SpecifierSet::parse(" ").empty());
}

TEST(SpecifierSet, AdmitsWhatSatisfiesEachSpecifier) {
  EXPECT_TRUE(admits(">=1.2, <2 ,!=1.5", "1.4"));
  EXPECT_FALSE(admits(">=1.2, <2 ,!=1.5", "1.5.0"));
  EXPECT_FALSE(admits(">=1.2, <2 ,!=1.5", "2"));
}

TEST(SpecifierSet, AdmitsPreReleases) {
  EXPECT_TRUE(admits(">=1.0", "1.1a1"));
  EXPECT_TRUE(admits("<2", "1.9.dev3"));
}

TEST(SpecifierSet, MatchesPrefixes) {
  EXPECT_TRUE(admits("==3.*", "3"));
  EXPECT_TRUE(admits("==3.1.*", "3.1.dev0"));
  EXPECT_TRUE(admits("==3.1.*", "3.1.4+local"));
  EXPECT_TRUE(admits("==3.0.*", "3"));
  EXPECT_FALSE(admits("==3.1.*", "3.10"));
  EXPECT_FALSE(admits("==3.*", "1!3"));
  EXPECT_TRUE(admits("!=3.1.*", "3.2"));
}

TEST(SpecifierSet, MatchesCompatibleReleases) {
  EXPECT_TRUE(admits("~=2.2", "2.9"));
  EXPECT_FALSE(admits("~=2.2", "3.0"));
  EXPECT_TRUE(admits("~=1.4.5.0", "1.4.5.9"));
  EXPECT_FALSE(admits("~=1.4.5.0", "1.4.6"));
  EXPECT_TRUE(admits("~=2.2.post3", "2.3"));
  EXPECT_FALSE(admits("~=2.2.post3", "2.2.post2"));
}

TEST(SpecifierSet, LooksAtLocalVersionsOnlyWhenItHasOne) {
  EXPECT_TRUE(admits("==1.0", "1.0+cu118"));
  EXPECT_TRUE(admits("==1.0+CU118", "1.0+cu118"));
  EXPECT_FALSE(admits("==1.0+cu118", "1.0"));
  EXPECT_TRUE(admits("<=1.0", "1.0+cu118"));
  EXPECT_FALSE(admits("!=1.0", "1.0+cu118"));
  EXPECT_FALSE(admits(">1.0", "1.0+cu118"));
}

// PEP 440, "Exclusive ordered comparison".
TEST(SpecifierSet, ExcludesTheReleasesAroundAnExclusiveBound) {
  EXPECT_FALSE(admits("<1.0", "1.0rc1"));
  EXPECT_FALSE(admits("<1.0", "1.0.0.dev1"));
  EXPECT_TRUE(admits("<1.0", "0.9.post1"));
  EXPECT_TRUE(admits("<1.0rc1", "1.0a1"));
  EXPECT_FALSE(admits("<1.0.post1", "1.0.post1.dev0"));
  EXPECT_TRUE(admits("<1.0.post1", "1.0"));
  EXPECT_FALSE(admits(">1.0", "1.0.post1"));
  EXPECT_FALSE(admits(">1.0a1", "1.0a1.post1"));
  EXPECT_TRUE(admits(">1.0a1", "1.0a2"));
  EXPECT_TRUE(admits(">1.0.post1", "1.0.post2"));
  EXPECT_TRUE(admits(">1.0.dev1", "1.0"));
}

TEST(SpecifierSet, ComparesArbitraryVersionsAsTexts) {
  EXPECT_TRUE(admits("===1.0.DEV0", "1.0.dev"));
  EXPECT_FALSE(admits("===1.0", "1.0.0"));
  const auto specifier = Specifier::parse("=== Anything-1");
  ASSERT_TRUE(specifier);
  EXPECT_TRUE(specifier->contains_text("anything-1"));
}

TEST(SpecifierSet, PrintsItsSpecifiersSortedAndOnce) {
  EXPECT_EQ(SpecifierSet::parse(" <2, >= 1.0 ,<2").str(), "<2,>=1.0");
  EXPECT_EQ(SpecifierSet().str(), "");
}

TEST(SpecifierSet, NamesThePartThatIsNoSpecifier) {
  try {
    SpecifierSet::parse(">=1.0,=<2");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "\"=<2\" in \">=1.0,=<2\" is not a version specifier");
    EXPECT_NE(error.hint(), "");
  }
}

TEST(Specifier, IsNotReadFromOtherTexts) {
  for (const char* text : {"", "1.0", "=1.0", "==", "==*", "==.*", "==1.0 .*", "==1.0a1.*", "==1.0+x.*", ">=1.0.*",
                           ">=1.0+x", "~=1", "~=1.0+x", "^1.0", "== 1.0 2", "===", "===1 0", "===1;0", "==1.0,"}) {
    EXPECT_FALSE(Specifier::parse(text)) << text;
  }
}

TEST(Specifier, IsNotSatisfiedByWhatIsNoVersion) {
  EXPECT_FALSE(Specifier::parse("!=1.0")->contains_text("one"));
  EXPECT_TRUE(Specifier::parse("!=1.0")->contains_text(" v1.1 "));
}

}  // namespace
}  // namespace lambda_pack
