// How an archive is refused: one printable line, whatever a hostile file holds.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace lambda_pack {

// `<label>: <rule>`, at most 2000 characters, control characters of the label escaped. What `rule` repeats from
// the archive has been through quote().
Error refusal(std::string_view label, std::string_view rule);

// `<label>: <entry>: <rule>`, the entry's name in quotes, escaped and cut.
Error refusal(std::string_view label, std::string_view entry, std::string_view rule);

}  // namespace lambda_pack
