#include "store/index_settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace lambda_pack {
namespace {

using Indexes = std::vector<NamedIndex>;
using Texts = std::vector<std::string>;

class EnvironmentIndexes : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL",
                             "PIP_EXTRA_INDEX_URL", "UV_FIND_LINKS", "PIP_FIND_LINKS", "UV_NO_INDEX", "PIP_NO_INDEX"}) {
      unsetenv(name);
    }
  }
  void TearDown() override { SetUp(); }
};

TEST_F(EnvironmentIndexes, AreNoneWhenNothingIsSet) {
  const IndexSettings settings = environment_indexes();
  EXPECT_TRUE(settings.indexes.empty());
  EXPECT_FALSE(settings.has_default);
}

TEST_F(EnvironmentIndexes, BeginWithTheDefaultOne) {
  setenv("PIP_INDEX_URL", "http://pip.example/simple", 1);
  setenv("PIP_EXTRA_INDEX_URL", "http://a.example/simple  http://b.example/simple?x=y", 1);
  const IndexSettings settings = environment_indexes();
  EXPECT_TRUE(settings.has_default);
  EXPECT_EQ(settings.indexes, (Indexes{{"http://pip.example/simple", ""},
                                       {"http://a.example/simple", ""},
                                       {"http://b.example/simple?x=y", ""}}));
}

TEST_F(EnvironmentIndexes, OfUvComeBeforePipsAndMayHaveNames) {
  setenv("PIP_INDEX_URL", "http://pip.example/simple", 1);
  setenv("UV_DEFAULT_INDEX", "mine=http://uv.example/simple", 1);
  setenv("UV_INDEX", "other=http://other.example/simple http://third.example/simple", 1);
  EXPECT_EQ(environment_indexes().indexes, (Indexes{{"http://uv.example/simple", "mine"},
                                                    {"http://other.example/simple", "other"},
                                                    {"http://third.example/simple", ""}}));
}

TEST_F(EnvironmentIndexes, LeaveLinksWhenThereIsToBeNoIndex) {
  setenv("PIP_INDEX_URL", "http://pip.example/simple", 1);
  setenv("PIP_NO_INDEX", "true", 1);
  setenv("PIP_FIND_LINKS", "/wheels ./more", 1);
  setenv("UV_FIND_LINKS", "/a folder,http://links.example/", 1);
  const IndexSettings settings = environment_indexes();
  EXPECT_TRUE(settings.no_index);
  EXPECT_TRUE(settings.indexes.empty());
  EXPECT_EQ(settings.find_links, (Texts{"/a folder", "http://links.example/", "/wheels", "./more"}));
}

TEST(UvsAnswer, ListsTheDefaultFirst) {
  const IndexSettings settings = parse_requirements_options(
      "--extra-index-url http://a.example/simple\n--index-url http://u:p@default.example/simple\n"
      "--find-links /wheels\n\n");
  EXPECT_TRUE(settings.has_default);
  EXPECT_EQ(settings.indexes, (Indexes{{"http://u:p@default.example/simple", ""}, {"http://a.example/simple", ""}}));
  EXPECT_EQ(settings.find_links, Texts{"/wheels"});
}

TEST(PipsConfiguration, IsReadWithPythonsQuoting) {
  const IndexSettings settings = parse_pip_configuration(
      "global.extra-index-url='\\nhttp://a.example/simple\\nhttp://b.example/simple'\n"
      "global.index-url=\"http://it's.example/simple\"\nglobal.timeout='60'\nglobal.find-links='/wheels'\n");
  EXPECT_TRUE(settings.has_default);
  EXPECT_EQ(
      settings.indexes,
      (Indexes{{"http://it's.example/simple", ""}, {"http://a.example/simple", ""}, {"http://b.example/simple", ""}}));
  EXPECT_EQ(settings.find_links, Texts{"/wheels"});
}

TEST(PipsConfiguration, OfInstallComesBeforeTheGlobalOne) {
  EXPECT_EQ(
      parse_pip_configuration("global.index-url='http://g.example/'\ninstall.index-url='http://i.example/'\n").indexes,
      (Indexes{{"http://i.example/", ""}}));
}

TEST(PipsConfiguration, MayNameNoDefault) {
  const IndexSettings settings = parse_pip_configuration("global.extra-index-url='http://a.example/simple'\n");
  EXPECT_FALSE(settings.has_default);
  EXPECT_EQ(settings.indexes, (Indexes{{"http://a.example/simple", ""}}));
}

TEST(PipsConfiguration, MaySayNoIndex) {
  EXPECT_TRUE(parse_pip_configuration("global.no-index='true'\nglobal.index-url='http://g.example/'\n").no_index);
}

TEST(PipsHelp, NamesItsBuiltInDefault) {
  EXPECT_EQ(parse_pip_help("  -i, --index-url <url>       Base URL of the Python Package Index (default\n"
                           "                              https://index.example/simple). This should point\n"),
            "https://index.example/simple");
  EXPECT_EQ(parse_pip_help("  --index-url <url>  Base URL\n"), std::nullopt);
  EXPECT_EQ(parse_pip_help(""), std::nullopt);
}

}  // namespace
}  // namespace lambda_pack
