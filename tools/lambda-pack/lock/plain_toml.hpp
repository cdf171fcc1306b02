// TOML as tools write it, read ten times as fast as by toml++, which keeps places and comments that no lock needs. Pure.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lambda_pack {

// The document, in parse_toml's form; nothing for what is malformed and for what only people write (dates, fractions,
// strings of several lines, numbers with signs or in other bases, a table that is opened a second time): toml++ is asked
// then, which also says what is wrong.
//
// A list that is the value of the key `as_text` becomes a string, its own TOML text, for whoever needs it to read then:
// a lock's lists of files are most of it.
std::optional<nlohmann::json> read_plain_toml(std::string_view text, std::string_view as_text = {});

}  // namespace lambda_pack
