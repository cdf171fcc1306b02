// Building Rust for the target: cargo with zig as its linker.
#pragma once

#include <filesystem>

#include "build/backend.hpp"
#include "commands/build_origin.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

// Throws Error that names the target as Rust does when this machine has no cargo, or no standard library of Rust for
// it. `source` is where the origin lies.
void require_rust(const BuildOrigin& from, const Target& target, const std::filesystem::path& source);

// Adds to `options`, which build_for_target() prepared in `scratch`, what makes cargo, maturin, setuptools-rust and
// PyO3 build for the target.
void build_rust_for_target(const Target& target, const std::filesystem::path& source,
                           const std::filesystem::path& scratch, BuildOptions& options);

// maturin lists what it compiled in the wheel, by the name of the folder that it was in: not in a source of ours to
// change.
void leave_out_folder_names(const std::filesystem::path& source);

}  // namespace lambda_pack
