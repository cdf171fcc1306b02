// What is wrong with a command line, in our words: CLI11's change from release to release, and know no close names.
#pragma once

#include <CLI/CLI.hpp>

#include "base/error.hpp"

namespace lambda_pack {

// The error of `app`, whose parsing ended with `error`.
Error usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace lambda_pack
