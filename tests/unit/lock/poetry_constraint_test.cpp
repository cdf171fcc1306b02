#include "lock/poetry_constraint.hpp"

#include <gtest/gtest.h>

#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

bool allows(const std::string& constraint, const std::string& version) {
  return PoetryConstraint::parse(constraint).allows(Version::require(version));
}

bool allows_python(const std::string& constraint, const std::string& version) {
  return PoetryConstraint::parse(constraint).allows_python(Version::require(version));
}

TEST(PoetryConstraint, CaretEndsBeforeTheNextBreakingRelease) {
  EXPECT_TRUE(allows("^1.2", "1.9"));
  EXPECT_FALSE(allows("^1.2", "2.0"));
  EXPECT_FALSE(allows("^1.2", "2.0rc1"));
  EXPECT_TRUE(allows("^0.2.3", "0.2.9"));
  EXPECT_FALSE(allows("^0.2.3", "0.3.0"));
  EXPECT_FALSE(allows("^0.0.3", "0.0.4"));
  EXPECT_TRUE(allows("^0", "0.9"));
}

TEST(PoetryConstraint, TildeEndsBeforeTheNextMinor) {
  EXPECT_TRUE(allows("~1.2.3", "1.2.9"));
  EXPECT_FALSE(allows("~1.2.3", "1.3"));
  EXPECT_TRUE(allows("~1", "1.9"));
  EXPECT_FALSE(allows("~1", "2"));
}

TEST(PoetryConstraint, CompatibleReleaseLetsTheLastComponentGrow) {
  EXPECT_TRUE(allows("~=1.4.5", "1.4.9"));
  EXPECT_FALSE(allows("~=1.4.5", "1.5"));
}

TEST(PoetryConstraint, ReadsWildcardsWithAndWithoutOperator) {
  EXPECT_TRUE(allows("1.2.*", "1.2.9"));
  EXPECT_FALSE(allows("==1.2.*", "1.3"));
  EXPECT_FALSE(allows("!=1.2.*", "1.2.9"));
  EXPECT_TRUE(allows("*", "0.1"));
  EXPECT_TRUE(allows(">=3.5.*", "3.6"));
}

TEST(PoetryConstraint, ReadsAlternativesAndConjunctionsWithCommasOrSpaces) {
  EXPECT_TRUE(allows(">=1,<2 || ^3", "3.1"));
  EXPECT_FALSE(allows(">=1,<2 || ^3", "2.1"));
  EXPECT_TRUE(allows(">= 1.0 < 2.0", "1.5"));
  EXPECT_FALSE(allows(">=1.0 <2.0", "2.5"));
}

TEST(PoetryConstraint, AdmitsLocalBuildsOfANamedVersion) {
  EXPECT_TRUE(allows("2.1.0", "2.1.0+cpu"));
  EXPECT_FALSE(allows("2.1.0+cpu", "2.1.0"));
}

TEST(PoetryConstraint, KeepsPostReleasesOutOfAnExclusiveLowerBound) {
  EXPECT_FALSE(allows(">2.0", "2.0.post1"));
  EXPECT_TRUE(allows(">=2.0", "2.0.post1"));
}

TEST(PoetryConstraint, MeansAWholeMinorWhenADependencyNamesOneOfPython) {
  EXPECT_TRUE(allows_python("3.9", "3.9.18"));
  EXPECT_FALSE(allows_python("3.9", "3.10.1"));
  EXPECT_TRUE(allows_python(">=3.9,<3.13", "3.12.4"));
  EXPECT_FALSE(allows_python("<3.9", "3.9.1"));
}

TEST(PoetryConstraint, AnExactPatchOfPythonStandsForItsMinor) {
  EXPECT_TRUE(PoetryConstraint::parse("3.12.0").allows_python_minor(12));
  EXPECT_TRUE(PoetryConstraint::parse("==3.12.*").allows_python_minor(12));
  EXPECT_FALSE(PoetryConstraint::parse("3.12.0").allows_python_minor(11));
  EXPECT_FALSE(PoetryConstraint::parse(">=3.10").allows_python_minor(9));
}

TEST(PoetryConstraint, RefusesDamagedTextNamingThePart) {
  EXPECT_STREQ(test::error_of([] { PoetryConstraint::parse(">=0.1,<0.2.0appnope"); }).what(),
               "\"<0.2.0appnope\" in \">=0.1,<0.2.0appnope\" is no version constraint");
  for (const char* text : {"", ">=", "1 - 2", "^1.*", "||", ",1"})
    EXPECT_THROW(PoetryConstraint::parse(text), Error) << text;
}

}  // namespace
}  // namespace lambda_pack
