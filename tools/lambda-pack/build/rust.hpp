// Projects in Rust, and the compiler of this machine that builds them.
#pragma once

#include <filesystem>
#include <string>

#include "lock/project.hpp"

namespace lambda_pack {

// Whether building the source calls cargo: its backend is maturin, setuptools is to bring setuptools-rust, or a
// Cargo.toml lies beside its pyproject.toml.
bool is_rust(const std::filesystem::path& source, const BuildSystem& build_system);

// What the rustc on the PATH says that it is, where no project chooses another (rust-toolchain.toml is part of a
// project's own bytes); "none" without one. It is asked once; the answer is kept below `memory` for as long as the
// program's file, and what rustup chooses by, stay the same.
std::string rustc_identity(const std::filesystem::path& memory);

}  // namespace lambda_pack
