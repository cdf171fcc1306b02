#include "standards/marker.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

MarkerEnvironment lambda_environment() {
  MarkerEnvironment environment;
  environment.os_name = "posix";
  environment.sys_platform = "linux";
  environment.platform_machine = "x86_64";
  environment.platform_python_implementation = "CPython";
  environment.platform_system = "Linux";
  environment.python_version = "3.9";
  environment.python_full_version = "3.9.25";
  environment.implementation_name = "cpython";
  environment.implementation_version = "3.9.25";
  return environment;
}

bool holds(std::string_view marker) { return Marker::parse(marker).evaluate(lambda_environment()); }

std::string error_of(std::string_view marker) {
  try {
    Marker::parse(marker);
  } catch (const Error& error) {
    EXPECT_NE(error.hint(), "");
    return error.what();
  }
  return "none";
}

TEST(Marker, HoldsEverywhereWhenBlank) {
  EXPECT_TRUE(Marker().holds_everywhere());
  EXPECT_TRUE(Marker::parse("").holds_everywhere());
  EXPECT_TRUE(holds(" \t"));
  EXPECT_EQ(Marker().str(), "");
  EXPECT_FALSE(Marker().mentions("extra"));
}

TEST(Marker, MayHaveSpaceAroundIt) { EXPECT_EQ(Marker::parse("\n os_name=='a'\n").str(), "os_name == \"a\""); }

TEST(Marker, ComparesVersionsAsVersions) {
  EXPECT_TRUE(holds("python_version < '3.10'"));
  EXPECT_TRUE(holds("python_full_version >= '3.9.3'"));
  EXPECT_TRUE(holds("python_version ~= '3.7'"));
  EXPECT_TRUE(holds("python_version == '3.*'"));
  EXPECT_TRUE(holds("implementation_version != '3.9.2'"));
}

TEST(Marker, ComparesOtherTextsAsTexts) {
  EXPECT_TRUE(holds("sys_platform == 'linux'"));
  EXPECT_FALSE(holds("platform_machine == 'X86_64'"));
  EXPECT_FALSE(holds("os_name < 'z'"));
  EXPECT_TRUE(holds("os_name >= 'posix'"));
  EXPECT_FALSE(holds("python_version == 'three'"));
}

TEST(Marker, LooksForTextsInTexts) {
  EXPECT_TRUE(holds("'linux' in sys_platform"));
  EXPECT_TRUE(holds("sys_platform not in 'win32 darwin'"));
  EXPECT_TRUE(holds("python_version in '3.8, 3.9'"));
}

TEST(Marker, ReadsReversedOperands) {
  EXPECT_TRUE(holds("'3.8' < python_version"));
  EXPECT_FALSE(holds("'3.10' < python_version"));
  EXPECT_TRUE(holds("'linux' == sys_platform"));
}

TEST(Marker, ReadsLegacyNames) {
  const Marker marker = Marker::parse("os.name == 'posix' and python_implementation == 'CPython'");
  EXPECT_TRUE(marker.evaluate(lambda_environment()));
  EXPECT_EQ(marker.str(), "os_name == \"posix\" and platform_python_implementation == \"CPython\"");
}

TEST(Marker, BindsAndTighterThanOr) {
  EXPECT_TRUE(holds("os_name == 'posix' or os_name == 'nt' and os_name == 'java'"));
  EXPECT_FALSE(holds("(os_name == 'posix' or os_name == 'nt') and os_name == 'java'"));
}

TEST(Marker, PrintsOnlyTheParenthesesThatGroup) {
  EXPECT_EQ(Marker::parse("((os_name=='a'))").str(), "os_name == \"a\"");
  EXPECT_EQ(Marker::parse("(os_name=='a' or os_name=='b')and(os_name=='c')").str(),
            "(os_name == \"a\" or os_name == \"b\") and os_name == \"c\"");
  EXPECT_EQ(Marker::parse("os_name == 'say \"a\"'").str(), "os_name == 'say \"a\"'");
}

TEST(Marker, ComparesExtrasAsASetOfNormalizedNames) {
  MarkerEnvironment environment = lambda_environment();
  const Marker has = Marker::parse("extra == 'Fast_JSON'"), lacks = Marker::parse("extra != 'fast.json'");
  EXPECT_FALSE(has.evaluate(environment));
  EXPECT_TRUE(lacks.evaluate(environment));
  environment.extras = {"docs", "fast-json"};
  EXPECT_TRUE(has.evaluate(environment));
  EXPECT_FALSE(lacks.evaluate(environment));
  EXPECT_EQ(has.str(), "extra == \"fast-json\"");
}

TEST(Marker, FindsNamesInPep751Sets) {
  MarkerEnvironment environment = lambda_environment();
  environment.extras = {"docs"};
  environment.dependency_groups = {"dev-tools"};
  EXPECT_TRUE(Marker::parse("'Docs' in extras").evaluate(environment));
  EXPECT_TRUE(Marker::parse("'Dev_Tools' in dependency_groups and 'x' not in extras").evaluate(environment));
  EXPECT_FALSE(Marker::parse("'doc' in extras").evaluate(environment));
}

TEST(Marker, KnowsWhichVariablesItMentions) {
  const Marker marker = Marker::parse("os_name == 'nt' or ('3' < python_full_version and sys.platform == 'x')");
  EXPECT_TRUE(marker.mentions("python_full_version"));
  EXPECT_TRUE(marker.mentions("sys_platform"));
  EXPECT_FALSE(marker.mentions("python_version"));
}

TEST(Marker, RefusesToCompareTextsAsVersionsWhenItIsAskedTo) {
  const Marker marker = Marker::parse("sys_platform ~= 'linux'");
  EXPECT_THROW(marker.evaluate(lambda_environment()), Error);
}

TEST(Marker, NamesThePlaceThatIsWrong) {
  EXPECT_EQ(error_of("os_name = 'x'"),
            "the marker \"os_name = 'x'\" is malformed at column 9: "
            "expected one of <, <=, ==, !=, >=, >, ~=, ===, in, not in");
  EXPECT_EQ(error_of("os_name == 'x"),
            "the marker \"os_name == 'x\" is malformed at column 14: the quoted text has no end");
  EXPECT_EQ(error_of("operating_system == 'x'"),
            "the marker \"operating_system == 'x'\" is malformed at column 1: "
            "\"operating_system\" is no marker variable");
}

TEST(Marker, RefusesOtherTexts) {
  for (const char* text :
       {"()", "os_name", "os_name ==", "== 'x'", "'a' == 'b'", "os_name == sys_platform", "and", "os_name == 'a' and",
        "os_name == 'a' os_name == 'b'", "(os_name == 'a'", "os_name == 'a')", "os_name not 'a'", "os_name == 'a\\'b'",
        "os_name == 'a\nb'", "extras == 'a'", "'a' == extras", "os_name == 'a';", "os_namein 'a'"}) {
    EXPECT_NE(error_of(text), "none") << text;
  }
}

TEST(Marker, RefusesParenthesesThatNestWithoutEnd) {
  const std::string innermost = "os_name == 'posix'";
  const auto nested = [&](std::size_t depth) { return std::string(depth, '(') + innermost + std::string(depth, ')'); };
  EXPECT_TRUE(holds(nested(100)));
  EXPECT_NE(error_of(nested(100000)), "none");
}

}  // namespace
}  // namespace lambda_pack
