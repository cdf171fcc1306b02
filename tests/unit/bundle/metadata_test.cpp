#include "bundle/metadata.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

TEST(DeclaredLicense, PrefersTheExpression) {
  EXPECT_EQ(declared_license("Name: a\nLicense: BSD\nLicense-Expression: MIT OR Apache-2.0\n\n"), "MIT OR Apache-2.0");
}

TEST(DeclaredLicense, FallsBackToTheFieldAndThenToClassifiers) {
  EXPECT_EQ(declared_license("License: BSD\nClassifier: License :: OSI Approved :: MIT License\n"), "BSD");
  EXPECT_EQ(declared_license("License: UNKNOWN\r\nClassifier: License :: OSI Approved :: MIT License\r\n"),
            "MIT License");
  EXPECT_EQ(
      declared_license("License: " + std::string(200, 'x') + "\nClassifier: License :: A\nClassifier: License :: B\n"),
      "A AND B");
}

TEST(DeclaredLicense, DoesNotReadTheDescription) { EXPECT_EQ(declared_license("Name: a\n\nLicense: MIT\n"), ""); }

}  // namespace
}  // namespace lambda_pack
