// Building for the target from its settings: toolchains, and the variables that make a backend use one.
#pragma once

#include <filesystem>
#include <string>

#include "build/backend.hpp"
#include "build/toolchain.hpp"
#include "commands/settings.hpp"

namespace lambda_pack {

// What the settings say of a toolchain. Throws Error for a runtime or an architecture that Lambda does not have.
ToolchainRequest toolchain_request(const Settings& settings);

// Makes backends build for the target: `options` gets an interpreter of the runtime's minor and an environment in which
// compilers, Python's own configuration and CMake speak of the target, and in which nothing of this machine's libraries
// can be found. The toolchain is made in `scratch`; what the compilers were called with is written to `scratch`/calls.
void build_for_target(const Settings& settings, const std::filesystem::path& scratch, BuildOptions& options);

}  // namespace lambda_pack
