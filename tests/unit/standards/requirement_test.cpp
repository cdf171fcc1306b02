#include "standards/requirement.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

std::string error_of(std::string_view text) {
  try {
    Requirement::parse(text);
  } catch (const Error& error) {
    EXPECT_NE(error.hint(), "");
    return error.what();
  }
  return "none";
}

TEST(Requirement, ReadsAllOfItsParts) {
  const auto requirement = Requirement::parse("Requests [Socks, use_char] (>=2.8.1,==2.8.*) ; python_version<'3'");
  EXPECT_EQ(requirement.name.str(), "requests");
  EXPECT_EQ(requirement.extras, (std::set<std::string>{"socks", "use-char"}));
  EXPECT_EQ(requirement.specifiers.str(), "==2.8.*,>=2.8.1");
  EXPECT_EQ(requirement.url, "");
  EXPECT_EQ(requirement.marker.str(), "python_version < \"3\"");
}

TEST(Requirement, MayBeJustAName) {
  const auto requirement = Requirement::parse(" foo.bar \n");
  EXPECT_EQ(requirement.name.str(), "foo-bar");
  EXPECT_TRUE(requirement.specifiers.empty());
  EXPECT_TRUE(requirement.marker.holds_everywhere());
}

TEST(Requirement, ReadsAddresses) {
  const auto requirement = Requirement::parse("pip @ https://example.org/pip.whl#sha256=0;1 ; os_name == 'posix'");
  EXPECT_EQ(requirement.url, "https://example.org/pip.whl#sha256=0;1");
  EXPECT_EQ(requirement.marker.str(), "os_name == \"posix\"");
}

TEST(Requirement, ReadsSpecifiersWithoutParentheses) {
  EXPECT_EQ(Requirement::parse("a<2,>=1;os_name=='x'").specifiers.str(), "<2,>=1");
  EXPECT_EQ(Requirement::parse("a ===1.0, >=1").specifiers.str(), "===1.0,>=1");
  EXPECT_EQ(Requirement::parse("a ()").specifiers.str(), "");
}

TEST(Requirement, NamesWhatIsWrong) {
  EXPECT_EQ(error_of("foo[a b]"),
            "the requirement \"foo[a b]\" is malformed: expected \",\" or \"]\" after the name of an extra at "
            "column 7");
  EXPECT_EQ(error_of("foo >=x"),
            "the requirement \"foo >=x\" is malformed: \">=x\" in \">=x\" is not a version specifier");
  EXPECT_EQ(error_of("foo; os_name"),
            "the requirement \"foo; os_name\" is malformed: the marker \"os_name\" is malformed at column 8: "
            "expected one of <, <=, ==, !=, >=, >, ~=, ===, in, not in");
}

TEST(Requirement, IsNotReadFromOtherTexts) {
  for (const char* text :
       {"", "==1.0", "-foo", "foo bar", "foo 1.0", "foo[", "foo[a,]", "foo[,a]", "foo (>=1", "foo >=1)", "foo @",
        "foo;", "foo ; ", "foo ,>=1", "foo >=1,,<2", "foo-", "foo_ >=1", "foo @ url; os_name=='x'", "foo\nbar"}) {
    EXPECT_NE(error_of(text), "none") << text;
  }
}

}  // namespace
}  // namespace lambda_pack
