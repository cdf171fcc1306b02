// The subcommand that takes several functions.
#pragma once

#include <vector>

#include "commands/settings.hpp"

namespace lambda_pack {

// Answers the AWS API's Invoke for the functions, until it is interrupted: the address on stdout, everything else on
// stderr. What is not a function's (port, host, watch, debug, concurrency) is the same in all of them.
void run_serve(const std::vector<Settings>& functions);

}  // namespace lambda_pack
