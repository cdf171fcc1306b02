// What can be wrong with a wheel that was built for the target, and with a build that made none.
#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "commands/build_origin.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

// Throws Error that names the origin and what its build lacks, a header, a library or a program, where compilers,
// linkers or the backend say so in `error`; else what they say.
[[noreturn]] void refuse_build(const BuildOrigin& from, const Target& target, const Error& error);

// The wheel runs on the target: its tag, and each file's machine, versions of the system's libraries and the libraries
// it needs. Throws Error that names the origin, what was built and what was needed. Warns when something was `compiled`
// and the wheel has none of it.
void check_built_wheel(const BuildOrigin& from, const std::filesystem::path& wheel, const Target& target,
                       bool compiled);

}  // namespace lambda_pack
