// A function on this machine, as settings describe it.
#pragma once

#include <filesystem>

#include "bundle/stage_tree.hpp"
#include "commands/settings.hpp"
#include "invoke/client.hpp"
#include "invoke/function.hpp"

namespace lambda_pack {

// The function whose code stands in `task_root`. Throws Error for a variable that is to come from the environment and
// is not set there, and for what create-function would refuse.
Function local_function(const Settings& settings, const std::filesystem::path& task_root);

// What to look for an interpreter with; `native_code`: what it will run has machine code of the architecture.
ClientRequest client_request(const Settings& settings, bool native_code);

// What runs it. Installs it when this is the first time.
Client local_client(const Settings& settings, const Function& function, bool with_debugger);

// Makes `folder` the staged tree of the project, or brings it up to date, by the program's own steps.
StageOutcome stage_into(const Settings& settings, const std::filesystem::path& folder);

}  // namespace lambda_pack
