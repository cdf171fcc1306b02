#include "bundle/glob.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

bool matches(std::string_view pattern, std::string_view path) { return Glob(pattern).matches(path); }

TEST(Glob, AFolderTakesEverythingBelowIt) {
  EXPECT_TRUE(matches("numpy/tests", "numpy/tests/test_a.py"));
  EXPECT_TRUE(matches("numpy/tests/", "numpy/tests/deep/er.py"));
  EXPECT_FALSE(matches("numpy/tests", "numpy/tests_of.py"));
  EXPECT_FALSE(matches("tests", "numpy/tests/a.py"));
}

TEST(Glob, AStarStaysInsideOnePart) {
  EXPECT_TRUE(matches("*.txt", "top.txt"));
  EXPECT_FALSE(matches("*.txt", "a/top.txt"));
  EXPECT_TRUE(matches("a/*/c", "a/b/c"));
  EXPECT_FALSE(matches("a/*/c", "a/b/b/c"));
  EXPECT_TRUE(matches("a*c.py", "abbc.py"));
}

TEST(Glob, TwoStarsSpanAnyNumberOfParts) {
  EXPECT_TRUE(matches("**/tests", "tests/a.py"));
  EXPECT_TRUE(matches("**/tests", "a/b/tests/c.py"));
  EXPECT_TRUE(matches("a/**/z.py", "a/z.py"));
  EXPECT_TRUE(matches("a/**/z.py", "a/b/c/z.py"));
  EXPECT_TRUE(matches("a/**", "a/b"));
  EXPECT_FALSE(matches("a/**", "b/a"));
  EXPECT_TRUE(matches("**/*.pyi", "a/b/c.pyi"));
}

TEST(Glob, QuestionMarksAndSets) {
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_FALSE(matches("a?c", "a/c"));
  EXPECT_TRUE(matches("[a-c]x", "bx"));
  EXPECT_FALSE(matches("[!a-c]x", "bx"));
  EXPECT_TRUE(matches("[]]", "]"));
}

TEST(Glob, TwoStarsAreOneBesideOtherCharacters) {
  EXPECT_TRUE(matches("a**", "a"));
  EXPECT_TRUE(matches("a**/b", "axx/b"));
  EXPECT_FALSE(matches("a**/b", "axx/y/b"));
}

TEST(Glob, AFileIsNotBelowItself) {
  EXPECT_FALSE(matches("a/**", "a"));
  EXPECT_TRUE(matches("**", "a"));
}

TEST(Glob, ACharacterMayHaveSeveralBytes) {
  EXPECT_TRUE(matches("?.py", "ü.py"));
  EXPECT_TRUE(matches("[ä-ü].py", "ö.py"));
  EXPECT_FALSE(matches("[!ä-ü].py", "ö.py"));
}

TEST(Glob, RefusesWhatIsNoPatternBelowTheTaskRoot) {
  for (const char* pattern : {"", "/abs", "a/../b", "a//b", "[a", "[a/b]"})
    EXPECT_THROW(Glob{pattern}, Error) << pattern;
}

}  // namespace
}  // namespace lambda_pack
