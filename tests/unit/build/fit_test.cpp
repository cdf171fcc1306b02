#include "build/fit.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kRuntime = "python3.12";

std::string refusal(const std::string& file_name, Architecture architecture = Architecture::x86_64) {
  try {
    require_fit(*WheelName::parse(file_name), {&runtime_named(kRuntime), architecture});
    return "";
  } catch (const Error& error) {
    return std::string(error.what()) + "\n" + error.hint();
  }
}

TEST(Fit, PureWheelsRunEverywhere) {
  EXPECT_EQ(refusal("a-1-py3-none-any.whl"), "");
  EXPECT_EQ(refusal("a-1-py2.py3-none-any.whl"), "");
  EXPECT_EQ(refusal("a-1-py3-none-any.whl", Architecture::arm64), "");
}

TEST(Fit, WhatWasCompiledOnLinuxForTheRuntimeRuns) {
  EXPECT_EQ(refusal("a-1-cp312-cp312-linux_x86_64.whl"), "");
  EXPECT_EQ(refusal("a-1-cp39-abi3-linux_x86_64.whl"), "");
  EXPECT_EQ(refusal("a-1-py3-none-linux_aarch64.whl", Architecture::arm64), "");
  EXPECT_EQ(refusal("a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"), "");
}

TEST(Fit, AnotherPythonIsRefusedWithTheOneToBuildWith) {
  EXPECT_EQ(refusal("a-1-cp311-cp311-linux_x86_64.whl"),
            "the wheel that was built, a-1-cp311-cp311-linux_x86_64.whl, does not run on python3.12 on x86_64: it "
            "is for cp311-cp311-linux_x86_64; needed is a pure wheel or cp312-cp312-linux_x86_64\n"
            "extension modules are for the Python that builds them: build with python3.12 (--python python3.12), "
            "or choose the runtime that fits");
}

TEST(Fit, AnotherMachineOrSystemIsRefusedWithTheOneToBuildOn) {
  const std::string said = refusal("a-1-cp312-cp312-linux_x86_64.whl", Architecture::arm64);
  EXPECT_NE(said.find("needed is a pure wheel or cp312-cp312-linux_aarch64"), std::string::npos);
  EXPECT_NE(said.find("build on Linux on aarch64"), std::string::npos);
  const std::string from_macos = refusal("a-1-cp312-cp312-macosx_14_0_arm64.whl", Architecture::arm64);
  EXPECT_NE(from_macos.find("build on Linux on aarch64"), std::string::npos);
}

TEST(Fit, APlatformNewerThanTheRuntimesCLibraryIsRefused) {
  EXPECT_NE(refusal("a-1-cp312-cp312-manylinux_2_39_x86_64.whl"), "");
}

}  // namespace
}  // namespace lambda_pack
