// pylock.toml (PEP 751): what it selects, what is refused.
#include <gtest/gtest.h>

#include "lock/select.hpp"
#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

using test::error_of;
using test::names;
using test::request;

const std::string kHead = "lock-version = \"1.0\"\ncreated-by = \"uv\"\n";
const std::string kRemake = "`uv export --format pylock.toml -o <file>` makes it anew";
const std::string kProject = "[project]\nname = \"shop\"\ndependencies = [\"one\"]\n";

std::string wheel(const std::string& file) {
  return "{ url = \"https://files.example/" + file + "\", hashes = { sha256 = \"" + std::string(64, 'a') + "\" } }";
}

std::string package(const std::string& name, const std::string& version, const std::string& more = "") {
  const bool has_source = more.find("wheels") != std::string::npos || more.find("directory") != std::string::npos ||
                          more.find("archive") != std::string::npos;
  return "[[packages]]\nname = \"" + name + "\"\nversion = \"" + version + "\"\n" + more +
         (has_source ? "" : "wheels = [" + wheel(name + "-" + version + "-py3-none-any.whl") + "]\n");
}

Selection select_from(const std::string& text, const SelectionRequest& wanted = request()) {
  return select({kProject, "pyproject.toml"}, {text, "pylock.toml"}, wanted);
}

void expect_refusal(const std::string& text, const std::string& what, const std::string& hint,
                    const SelectionRequest& wanted = request()) {
  const auto error = error_of([&] { select_from(text, wanted); });
  EXPECT_EQ(error.what(), what);
  EXPECT_EQ(error.hint(), hint);
}

TEST(Pylock, SelectsByMarkersExtrasAndGroups) {
  const auto text = kHead +
                    "extras = [\"images\"]\ndependency-groups = [\"dev\", \"main\"]\ndefault-groups = [\"main\"]\n" +
                    package("always", "1") + package("image", "1", "marker = \"'images' in extras\"\n") +
                    package("dev", "1", "marker = \"'dev' in dependency_groups\"\n") +
                    package("main", "1", "marker = \"'main' in dependency_groups\"\n") +
                    package("windows", "1", "marker = \"sys_platform == 'win32'\"\n");
  EXPECT_EQ(names(select_from(text)), "always 1, main 1");
  auto wanted = request();
  wanted.extras = {"Images"};
  wanted.groups = {"dev"};
  EXPECT_EQ(names(select_from(text, wanted)), "always 1, dev 1, image 1, main 1");
}

TEST(Pylock, TakesTheBestWheel) {
  const auto selection =
      select_from(kHead + package("one", "1.0",
                                  "wheels = [" + wheel("one-1.0-py3-none-any.whl") + ", " +
                                      wheel("one-1.0-cp312-cp312-manylinux_2_17_x86_64.whl") + "]\n"));
  EXPECT_EQ(selection.distributions[0].file.name, "one-1.0-cp312-cp312-manylinux_2_17_x86_64.whl");
  EXPECT_EQ(selection.distributions[0].file.url, "https://files.example/one-1.0-cp312-cp312-manylinux_2_17_x86_64.whl");
}

TEST(Pylock, PassesOverTheProjectItselfAndWhatItDoesNotKnow) {
  const auto text = kHead + "future = true\n" +
                    package("shop", "1", "directory = { path = \".\", editable = true }\n") +
                    package("one", "1.0", "attestation-identities = [{ kind = \"GitHub\", repository = \"a/b\" }]\n");
  EXPECT_EQ(names(select_from(text)), "one 1.0");
}

TEST(Pylock, LeavesOutWhatOnlyTheProvidedNeed) {
  auto wanted = request();
  wanted.provided = {DistributionName("boto")};
  const auto text = kHead + package("one", "1", "dependencies = [{ name = \"boto\" }, { name = \"shared\" }]\n") +
                    package("boto", "1", "dependencies = [{ name = \"core\" }, { name = \"shared\" }]\n") +
                    package("core", "1") + package("shared", "1");
  EXPECT_EQ(names(select_from(text, wanted)), "one 1, shared 1");
}

TEST(PylockRefusal, OfALockVersionNobodyKnows) {
  expect_refusal("lock-version = \"2.0\"\n", "pylock.toml has lock version \"2.0\"; version 1 can be read",
                 "make the lock with a tool that writes lock-version 1.0");
}

TEST(PylockRefusal, OfTwoPackagesOfOneName) {
  expect_refusal(kHead + package("one", "1") + package("One", "2"),
                 "pylock.toml: both one 1 and one 2 are for python3.12 on x86_64", kRemake);
}

TEST(PylockRefusal, OfARequiresPythonThatExcludesTheRuntime) {
  expect_refusal(kHead + "requires-python = \">=3.13\"\n",
                 "pylock.toml is for Python \">=3.13\", which excludes python3.12 on x86_64", kRemake);
  expect_refusal(kHead + package("one", "1", "requires-python = \">=3.13\"\n"),
                 "pylock.toml: one 1 is for Python \">=3.13\", which excludes python3.12 on x86_64", kRemake);
}

TEST(PylockRefusal, OfEnvironmentsWithoutTheTarget) {
  expect_refusal(kHead + "environments = [\"sys_platform == 'win32'\"]\n",
                 "pylock.toml is not made for python3.12 on x86_64: its environments are sys_platform == 'win32'",
                 kRemake + ", for more environments");
}

TEST(PylockRefusal, OfSourcesThatExcludeEachOther) {
  expect_refusal(
      kHead + package("one", "1",
                      "directory = { path = \"x\" }\nwheels = []\narchive = " + wheel("one-1-py3-none-any.whl") + "\n"),
      "pylock.toml: package \"one\" must have one of vcs, directory, archive, or wheels and sdist", "");
}

TEST(PylockRefusal, OfAMarkerThatDoesNotParseNamesThePackage) {
  const auto error = error_of([] { select_from(kHead + package("one", "1", "marker = \"python ~ 3\"\n")); });
  EXPECT_EQ(std::string(error.what()).rfind("pylock.toml: [package \"one\"] marker: ", 0), 0u) << error.what();
}

TEST(PylockRefusal, OfAnExtraThatIsNotThere) {
  auto wanted = request();
  wanted.extras = {"image"};
  const auto error = error_of([&] { select_from(kHead + "extras = [\"images\"]\n", wanted); });
  EXPECT_STREQ(error.what(), "pylock.toml has no extra \"image\"");
}

}  // namespace
}  // namespace lambda_pack
