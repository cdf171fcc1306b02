// Wheels of the user's own sources: folders, commits, the project itself.
#pragma once

#include <filesystem>

#include "build/backend.hpp"
#include "commands/build_origin.hpp"
#include "commands/native_builds.hpp"
#include "lock/project.hpp"

namespace lambda_pack {

// Builds the wheel of `source` below `scratch`, whose path is plain, by its own backend; what compiles is told by
// `compilers`, and compiles for the target as it does for sdists. A target that is this machine's own interpreter is
// built for as pip would. Throws Error when the backend fails, and for a wheel that does not run on the target.
std::filesystem::path build_own_wheel(const BuildOrigin& from, const std::filesystem::path& source,
                                      const BuildSystem& build_system, Compilers compilers, const Settings& settings,
                                      const Target& target, BuildOptions options, const std::filesystem::path& scratch);

}  // namespace lambda_pack
