#include "runtime/target.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace lambda_pack {
namespace {

Target target(std::string_view runtime, Architecture architecture = Architecture::x86_64) {
  return {&runtime_named(runtime), architecture};
}

// The place of a tag among the target's, best first; -1 when it isn't one of them.
std::ptrdiff_t place_of(std::string_view tag, const Target& of) {
  const std::vector<Tag> tags = compatible_tags(of);
  const auto found = std::find_if(tags.begin(), tags.end(), [&](const Tag& other) { return other.str() == tag; });
  return found == tags.end() ? -1 : found - tags.begin();
}

TEST(Target, IsNamedByRuntimeAndArchitecture) {
  EXPECT_EQ(target("python3.12", Architecture::arm64).str(), "python3.12 on arm64");
}

TEST(Target, PrefersTheNewestGlibcOfItsOwnInterpreter) {
  EXPECT_EQ(compatible_tags(target("python3.9")).front().str(), "cp39-cp39-manylinux_2_26_x86_64");
  EXPECT_EQ(compatible_tags(target("python3.13", Architecture::arm64)).front().str(),
            "cp313-cp313-manylinux_2_34_aarch64");
  EXPECT_EQ(compatible_tags(target("python3.9")).back().str(), "py30-none-any");
}

TEST(Target, RefusesWheelsThatNeedANewerGlibc) {
  EXPECT_EQ(place_of("cp311-cp311-manylinux_2_28_x86_64", target("python3.11")), -1);
  EXPECT_NE(place_of("cp312-cp312-manylinux_2_28_x86_64", target("python3.12")), -1);
}

TEST(Target, KnowsOldNamesOfManylinux) {
  EXPECT_EQ(place_of("cp39-cp39-manylinux2014_x86_64", target("python3.9")),
            place_of("cp39-cp39-manylinux_2_17_x86_64", target("python3.9")) + 1);
  EXPECT_NE(place_of("cp39-cp39-manylinux1_x86_64", target("python3.9")), -1);
  EXPECT_EQ(place_of("cp39-cp39-manylinux2010_aarch64", target("python3.9", Architecture::arm64)), -1);
}

TEST(Target, AcceptsTheStableAbiOfOlderInterpretersOnly) {
  EXPECT_NE(place_of("cp36-abi3-manylinux2014_x86_64", target("python3.9")), -1);
  EXPECT_EQ(place_of("cp310-abi3-manylinux2014_x86_64", target("python3.9")), -1);
  EXPECT_EQ(place_of("cp36-cp36m-manylinux2014_x86_64", target("python3.9")), -1);
}

TEST(Target, RefusesOtherSystemsAndFreeThreadedInterpreters) {
  for (const char* tag : {"cp313-cp313t-manylinux2014_x86_64", "cp313-cp313-musllinux_1_2_x86_64", "py2-none-any",
                          "cp313-cp313-win_amd64", "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-any"}) {
    EXPECT_EQ(place_of(tag, target("python3.13")), -1) << tag;
  }
}

TEST(Target, HasTheMarkerValuesOfItsRuntime) {
  const MarkerEnvironment environment = marker_environment(target("python3.10", Architecture::arm64), 4);
  EXPECT_EQ(environment.python_version, "3.10");
  EXPECT_EQ(environment.python_full_version, "3.10.4");
  EXPECT_EQ(environment.platform_machine, "aarch64");
  EXPECT_EQ(environment.sys_platform, "linux");
  EXPECT_TRUE(environment.extras.empty());
}

bool decide(std::string_view marker, bool* depends_on_patch) {
  *depends_on_patch = false;
  return holds_on(Marker::parse(marker), target("python3.12"), {"fast"}, depends_on_patch);
}

TEST(HoldsOn, DecidesMarkersForTheTarget) {
  bool depends = true;
  EXPECT_TRUE(decide("", &depends));
  EXPECT_TRUE(decide("python_version >= '3.9' and extra == 'Fast'", &depends));
  EXPECT_FALSE(decide("platform_machine == 'aarch64'", &depends));
  EXPECT_FALSE(depends);
}

TEST(HoldsOn, IsCertainWhereEveryPatchAgrees) {
  bool depends = true;
  EXPECT_TRUE(decide("python_full_version >= '3.11.4'", &depends));
  EXPECT_FALSE(depends);
}

TEST(HoldsOn, TakesTheNewestKnownPatchWherePatchesDisagree) {
  bool depends = false;
  const std::string newest = "3.12." + std::to_string(runtime_named("python3.12").newest_patch);
  EXPECT_TRUE(decide("python_full_version >= '" + newest + "'", &depends));
  EXPECT_TRUE(depends);
  EXPECT_FALSE(decide("implementation_version > '" + newest + "'", &depends));
  EXPECT_TRUE(depends);
  EXPECT_TRUE(holds_on(Marker::parse("python_full_version >= '3.12.1'"), target("python3.12"), {}));
}

}  // namespace
}  // namespace lambda_pack
