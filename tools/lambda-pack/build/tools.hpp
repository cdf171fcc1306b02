// What running Python's tools has in common. For this room and what runs Python below it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "system/process.hpp"

namespace lambda_pack {

using EnvironmentChanges = std::map<std::string, std::optional<std::string>>;

// Removes what would let the surroundings into a Python process: every PYTHON* variable, an activated environment.
EnvironmentChanges without_python_settings();

// What an installer (pip, uv) runs with. Index, credentials, certificates and proxies are the user's own; what would
// make it put files elsewhere or leave some out is not.
EnvironmentChanges installer_settings();

// `what`, and below it the last lines of what the program wrote.
std::string with_output(std::string what, const Outcome& outcome);

// What the program wrote, both streams: its last `lines` lines, and before them the first that say what went wrong.
std::string last_lines(const Outcome& outcome, std::size_t lines = 60);

}  // namespace lambda_pack
