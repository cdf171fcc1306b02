// TOML 1.0 documents, read once into plain JSON values. Pure.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lambda_pack {

// The document as JSON: tables are objects with sorted keys, dates and times are strings, the rest is itself.
// Throws Error as `<file>:<line>:<column>: …` for malformed TOML. (toml++ stays in one translation unit this way:
// it costs seconds to compile, and Poetry's content hash wants JSON anyway.)
nlohmann::json parse_toml(std::string_view text, std::string_view file);

// The same, where lists that are values of the key `as_text` may be strings, their own TOML texts.
nlohmann::json parse_toml_but(std::string_view as_text, std::string_view text, std::string_view file);

// The list of such a string; `place` names it in errors.
nlohmann::json parse_toml_list(std::string_view text, std::string_view place);

// The same by toml++ alone, which parse_toml asks only about what read_plain_toml cannot read.
nlohmann::json parse_any_toml(std::string_view text, std::string_view file);

}  // namespace lambda_pack
