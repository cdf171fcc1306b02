#include "standards/tags.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> result;
  for (const Tag& tag : parse_tags(text)) result.push_back(tag.str());
  return result;
}

TEST(Tags, ReadASingleTag) {
  EXPECT_EQ(texts("CP312-abi3-manylinux_2_17_X86_64"), std::vector<std::string>{"cp312-abi3-manylinux_2_17_x86_64"});
}

TEST(Tags, ExpandACompressedSetSortedAndOnce) {
  EXPECT_EQ(texts("py3.py2.PY3-none-win32.any"),
            (std::vector<std::string>{"py2-none-any", "py2-none-win32", "py3-none-any", "py3-none-win32"}));
}

TEST(Tags, AreNotReadFromOtherTexts) {
  for (const char* text :
       {"", "py3-none", "py3-none-any-x", "py3--any", "-none-any", "py3.-none-any", "3py-none-any", "py3-none-any."}) {
    EXPECT_THROW(parse_tags(text), Error) << text;
  }
}

TEST(Tags, NameWhatIsWrong) {
  try {
    parse_tags("py3-none");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "\"py3-none\" is not a set of wheel tags: it has 2 parts instead of three");
    EXPECT_NE(error.hint(), "");
  }
}

TEST(Tags, RefuseSetsThatMultiplyWithoutEnd) {
  std::string pieces = "a";
  for (int i = 0; i < 999; ++i) pieces += ".a" + std::to_string(i);
  EXPECT_THROW(parse_tags(pieces + "-" + pieces + "-" + pieces), Error);
  EXPECT_EQ(parse_tags(pieces + "-none-any").size(), 1000U);
}

}  // namespace
}  // namespace lambda_pack
