// What running Python's tools has in common. Private to this room.
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

// `what`, and below it the last lines of what the program wrote.
std::string with_output(std::string what, const Outcome& outcome);

// What the program wrote, both streams, its last `lines` lines.
std::string last_lines(const Outcome& outcome, std::size_t lines = 60);

}  // namespace lambda_pack
