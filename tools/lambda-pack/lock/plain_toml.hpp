// TOML as tools write it, read ten times as fast as by toml++, which keeps places and comments that no lock needs.
// Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lambda_pack {

// The document, in parse_toml's form; nothing for what is malformed and for what only people write (dates, fractions,
// strings of several lines, numbers with signs or in other bases, a table that is opened a second time): toml++ is
// asked then, which also says what is wrong.
//
// A list that is the value of the key `as_text` becomes a string, its own TOML text, for whoever needs it to read then:
// a lock's lists of files are most of it.
std::optional<nlohmann::json> read_plain_toml(std::string_view text, std::string_view as_text = {});

// One value of a flat table: a string without escapes, or a number.
struct PlainValue {
  std::string_view key, text;
  std::optional<std::int64_t> number;
};

// Calls `use` for each table of a list of flat tables, with values that last until it returns. False, after any number
// of calls, for a list of another form.
bool read_plain_tables(std::string_view list, const std::function<void(std::span<const PlainValue>)>& use);

}  // namespace lambda_pack
