// What the program says on stderr. Results go to stdout and are the commands' own business.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace lambda_pack {

enum class Verbosity { quiet, normal, verbose };

// Set once by main (from --quiet, --verbose). Colours only on a terminal, without NO_COLOR and with TERM not "dumb".
void set_verbosity(Verbosity verbosity);
Verbosity verbosity();

void say(std::string_view line);      // normal and verbose
void explain(std::string_view line);  // verbose only
void warn(std::string_view line);     // `lambda-pack: warning: <line>`, always
// `lambda-pack: <what>` and, per line of the hint, `hint: <line>`.
void print_error(const Error& error);

// Gives stdin, stdout and stderr a descriptor where one is closed, so that no file that is opened later gets its number
// and what is meant for the stream. Writing to such a stdout fails.
void reserve_standard_streams();

// Whether stderr is a terminal that takes carriage returns (progress lines).
bool terminal_progress();

}  // namespace lambda_pack
