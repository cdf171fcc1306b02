#include "store/html_links.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

using Links = std::vector<std::string>;

TEST(HtmlLinks, AreReadHoweverTheAttributeIsQuoted) {
  EXPECT_EQ(html_links(R"(<a href="a">a</a><A HREF='b'>b</A><a href=c>c</a><a data-x="1" href = "d" rel>d</a>)").hrefs,
            (Links{"a", "b", "c", "d"}));
}

TEST(HtmlLinks, HaveTheirCharacterReferencesDecoded) {
  EXPECT_EQ(html_links(R"(<a href="a?x=1&amp;y=2&#43;3&#x2B;4&plus;5&unknown;&">a</a>)").hrefs,
            (Links{"a?x=1&y=2+3+4+5&unknown;&"}));
}

TEST(HtmlLinks, MayHoldTheEndOfATagInAnotherAttribute) {
  EXPECT_EQ(html_links(R"(<a data-requires-python=">=3.8" href="a">a</a>)").hrefs, (Links{"a"}));
}

TEST(HtmlLinks, InCommentsAndScriptsAreNone) {
  EXPECT_EQ(
      html_links(R"(<!-- <a href="no"> --><script>"<a href='no'>"</script><style><a href=no></style><a href="yes">)")
          .hrefs,
      (Links{"yes"}));
}

TEST(HtmlLinks, HaveTheFirstBase) {
  const HtmlLinks links = html_links(R"(<head><base href="../x/"><base href="../y/"></head><a href="a">)");
  EXPECT_EQ(links.base, "../x/");
  EXPECT_EQ(links.hrefs, Links{"a"});
}

TEST(HtmlLinks, OfDamagedPagesAreWhatCanBeRead) {
  EXPECT_EQ(html_links("<").hrefs, Links{});
  EXPECT_EQ(html_links("<a").hrefs, Links{});
  EXPECT_EQ(html_links("<a href").hrefs, Links{});
  EXPECT_EQ(html_links("<a href=").hrefs, Links{""});
  EXPECT_EQ(html_links("<a href=\"x").hrefs, Links{"x"});
  EXPECT_EQ(html_links("1 < 2 <a =x href=y/z>").hrefs, Links{"y/z"});
  EXPECT_EQ(html_links("<!--").hrefs, Links{});
  EXPECT_EQ(html_links("<a href=x href=y>").hrefs, Links{"x"});
}

TEST(HtmlDecoding, WritesUtf8) {
  EXPECT_EQ(html_decoded("&#233;&#x20AC;&#x1F600;&#xD800;&#0;"), "\u00e9\u20ac\U0001F600\ufffd\ufffd");
}

}  // namespace
}  // namespace lambda_pack
