// The environment variables of a function's process, and what else identifies an invocation. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
#pragma once

#include <map>
#include <string>

#include "invoke/function.hpp"

namespace lambda_pack {

using Variables = std::map<std::string, std::string>;

// All variables of the process, but for what depends on where it runs: LAMBDA_TASK_ROOT and the Runtime API's address.
// Of `ours` only what lets the function reach AWS goes on: credentials and region; and the folder of the interpreter is
// first on the PATH, as on Lambda.
Variables function_environment(const Function& function, const Variables& ours, const std::string& interpreter_folder);

// Throws Error for variables that create-function would refuse: reserved ones, and names of the wrong form.
void check_environment(const Variables& environment);

// The function's ARN, in the region of `ours`.
std::string arn_of(const Function& function, const Variables& ours);

// This process's own variables.
Variables own_environment();

}  // namespace lambda_pack
