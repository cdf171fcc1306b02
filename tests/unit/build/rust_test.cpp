#include "build/rust.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "system/files.hpp"

namespace lambda_pack {
namespace {

TEST(Rust, IsToldByTheBackendAndItsRequirements) {
  EXPECT_TRUE(is_rust("/no/such/folder", {{"maturin>=1,<2"}, "maturin", {}}));
  EXPECT_TRUE(is_rust("/no/such/folder", {{}, "setuptools_rust.build_meta", {}}));
  EXPECT_TRUE(is_rust("/no/such/folder", {{"setuptools", " Setuptools_Rust ~=1.9"}, "setuptools.build_meta", {}}));
  EXPECT_TRUE(is_rust("/no/such/folder", {{"maturin[patchelf]>=1"}, "own", {"backends"}}));
}

TEST(Rust, IsNothingWhoseNameOnlyLooksLikeIt) {
  EXPECT_FALSE(is_rust("/no/such/folder", {{"setuptools", "setuptools-rust-metadata"}, "setuptools.build_meta", {}}));
  EXPECT_FALSE(is_rust("/no/such/folder", {{"cython"}, "maturing", {}}));
}

TEST(Rust, IsToldByAManifestOfCargo) {
  const TemporaryFolder folder(temporary_folder_parent(), "rust-test-");
  const BuildSystem own{{"setuptools"}, "setuptools.build_meta", {}};
  EXPECT_FALSE(is_rust(folder.path(), own));
  std::ofstream(folder.path() / "Cargo.toml") << "[package]\n";
  EXPECT_TRUE(is_rust(folder.path(), own));
}

}  // namespace
}  // namespace lambda_pack
