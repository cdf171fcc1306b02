#include "lock/wheel_choice.hpp"

#include <gtest/gtest.h>

#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

FileQuestion question(const std::vector<std::string>& names, const std::string& version = "1.0") {
  FileQuestion result{DistributionName("one"),
                      version,
                      Version::require(version),
                      {},
                      false,
                      false,
                      true,
                      {"poetry.lock", "`poetry lock` makes it anew"}};
  for (const auto& name : names) result.files.push_back({name, {*FileHash::parse(test::kHash)}, "", {}});
  return result;
}

std::string chosen(const FileQuestion& question, const Target& target = test::target()) {
  return choose_file(question, WheelRanking(target)).file.name;
}

TEST(WheelChoice, PrefersTheNewestGlibcThatTheTargetHas) {
  const auto files =
      question({"one-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", "one-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
                "one-1.0-cp312-cp312-manylinux_2_39_x86_64.whl", "one-1.0-cp312-cp312-musllinux_1_2_x86_64.whl",
                "one-1.0-py3-none-any.whl"});
  EXPECT_EQ(chosen(files), "one-1.0-cp312-cp312-manylinux_2_28_x86_64.whl");
}

TEST(WheelChoice, PrefersItsOwnInterpreterToAbi3AndThatToPurePython) {
  EXPECT_EQ(chosen(question({"one-1.0-py3-none-any.whl", "one-1.0-cp38-abi3-manylinux_2_17_x86_64.whl"})),
            "one-1.0-cp38-abi3-manylinux_2_17_x86_64.whl");
  EXPECT_EQ(chosen(question({"one-1.0-cp38-abi3-manylinux_2_17_x86_64.whl", "one-1.0-cp312-cp312-linux_x86_64.whl"})),
            "one-1.0-cp312-cp312-linux_x86_64.whl");
}

TEST(WheelRanking, RanksAFileByItsNameAsByTheWheelThatIsNamed) {
  const WheelRanking ranking(test::target());
  for (const std::string name :
       {"one-1.0-py3-none-any.whl", "one-1.0-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "One.Two-1.0-CP312-abi3-linux_x86_64.whl", "one-1.0-cp38-cp38-win_amd64.whl"}) {
    EXPECT_EQ(ranking.rank(name), ranking.rank(*WheelName::parse(name))) << name;
  }
  for (const std::string name :
       {"one-1.0.tar.gz", "any.whl", "none-any.whl", "py3-none-any", "a-b--any.whl", "----.whl"}) {
    EXPECT_FALSE(ranking.rank(name)) << name;
  }
}

TEST(WheelChoice, PassesOverNamesThatAreNoWheels) {
  EXPECT_EQ(chosen(question({"one-py3-none-any.whl", "one-x-py3-none-any.whl", "one-1.0-py2.py3-none-any.whl"})),
            "one-1.0-py2.py3-none-any.whl");
}

TEST(WheelChoice, DecidesTiesByTheBuildTag) {
  EXPECT_EQ(chosen(question({"one-1.0-2-py3-none-any.whl", "one-1.0-10-py3-none-any.whl", "one-1.0-py3-none-any.whl"})),
            "one-1.0-10-py3-none-any.whl");
}

TEST(WheelChoice, TakesTheArchitectureOfTheTarget) {
  const auto files =
      question({"one-1.0-cp312-cp312-manylinux2014_x86_64.whl", "one-1.0-cp312-cp312-manylinux2014_aarch64.whl"});
  EXPECT_EQ(chosen(files, test::target("python3.12", Architecture::arm64)),
            "one-1.0-cp312-cp312-manylinux2014_aarch64.whl");
}

TEST(WheelChoice, FindsTheVersionInTheNameWhereListsAreMixed) {
  auto files = question({"one-2.0-py3-none-any.whl", "one-1.0-py2.py3-none-any.whl"});
  files.mixed_files = true;
  EXPECT_EQ(chosen(files), "one-1.0-py2.py3-none-any.whl");
}

TEST(WheelChoice, BuildsAnSdistOnlyWithoutAWheelAndWhenAllowed) {
  auto files = question({"one-1.0.zip", "one-1.0.tar.gz", "one-1.0-py3-none-any.whl"});
  files.build_allowed = true;
  EXPECT_EQ(chosen(files), "one-1.0-py3-none-any.whl");
  files.files.pop_back();
  EXPECT_EQ(chosen(files), "one-1.0.tar.gz");
  EXPECT_TRUE(choose_file(files, WheelRanking(test::target())).build);
  files.build_allowed = false;
  EXPECT_THROW(chosen(files), Error);
}

}  // namespace
}  // namespace lambda_pack
