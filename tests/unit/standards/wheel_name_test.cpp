#include "standards/wheel_name.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

TEST(WheelName, TellsItsParts) {
  const auto wheel = WheelName::parse("PyYAML-6.0-cp39-cp39-manylinux_2_5_x86_64.manylinux1_x86_64.whl");
  ASSERT_TRUE(wheel);
  EXPECT_EQ(wheel->file_name, "PyYAML-6.0-cp39-cp39-manylinux_2_5_x86_64.manylinux1_x86_64.whl");
  EXPECT_EQ(wheel->name.str(), "pyyaml");
  EXPECT_EQ(wheel->version.str(), "6.0");
  EXPECT_EQ(wheel->build, std::pair(std::uint64_t{0}, std::string()));
  ASSERT_EQ(wheel->tags.size(), 2U);
  EXPECT_EQ(wheel->tags[0].str(), "cp39-cp39-manylinux1_x86_64");
}

TEST(WheelName, ReadsBuildTagsAsNumberAndRest) {
  EXPECT_EQ(WheelName::parse("a-1-07x-py3-none-any.whl")->build, std::pair(std::uint64_t{7}, std::string("x")));
  EXPECT_FALSE(WheelName::parse("a-1-x7-py3-none-any.whl"));
}

TEST(WheelName, ReadsOldSpellings) {
  EXPECT_EQ(WheelName::parse("zope.interface-5.0-py3-none-any.whl")->name.str(), "zope-interface");
  EXPECT_EQ(WheelName::parse("ruamel.yaml__clib-5.0-py3-none-any.whl")->name.str(), "ruamel-yaml-clib");
  EXPECT_EQ(WheelName::parse("a-1.0_1-py3-none-any.whl")->version.str(), "1.0.post1");
}

TEST(WheelName, IsNotReadFromOtherNames) {
  for (const char* text :
       {"", ".whl", "a-1-py3-none-any", "a-1-py3-none-any.zip", "a-1-py3-none.whl", "a-b-py3-none-any.whl",
        "a-1-2-3-py3-none-any.whl", "-1-py3-none-any.whl", "../a-1-py3-none-any.whl", "a-1-py3--any.whl",
        "a-1-py3-none-any.WHL", "a b-1-py3-none-any.whl"}) {
    EXPECT_FALSE(WheelName::parse(text)) << text;
  }
}

std::string version_in(std::string_view file_name, std::string_view name) {
  const auto version = sdist_version(file_name, DistributionName(name));
  return version ? version->str() : "none";
}

TEST(SdistName, TellsItsVersion) {
  EXPECT_EQ(version_in("pyyaml-6.0.tar.gz", "PyYAML"), "6.0");
  EXPECT_EQ(version_in("PyYAML-6.0.zip", "pyyaml"), "6.0");
}

TEST(SdistName, MayBeUnnormalized) {
  EXPECT_EQ(version_in("Zope.Interface-5.0.tar.gz", "zope-interface"), "5.0");
  EXPECT_EQ(version_in("backports-ssl-match-hostname-3.5.0.1.tar.gz", "backports.ssl_match_hostname"), "3.5.0.1");
  EXPECT_EQ(version_in("foo-1.0-1.tar.gz", "foo"), "1.0.post1");
  EXPECT_EQ(version_in("foo-2-1.0.tar.gz", "foo-2"), "1.0");
}

TEST(SdistName, IsThatOfTheDistribution) {
  EXPECT_EQ(version_in("foo-bar-1.0.tar.gz", "foo"), "none");
  EXPECT_EQ(version_in("foo-1.0.tar.bz2", "foo"), "none");
  EXPECT_EQ(version_in("foo.tar.gz", "foo"), "none");
  EXPECT_EQ(version_in("foo-one.tar.gz", "foo"), "none");
}

}  // namespace
}  // namespace lambda_pack
