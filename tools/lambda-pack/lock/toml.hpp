// TOML 1.0 documents, read once into plain JSON values. Pure.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lambda_pack {

// The document as JSON: tables are objects with sorted keys, dates and times are strings, the rest is itself.
// Throws Error as `<file>:<line>:<column>: …` for malformed TOML. (toml++ stays in one translation unit this way:
// it costs seconds to compile, and Poetry's content hash wants JSON anyway.)
nlohmann::json parse_toml(std::string_view text, std::string_view file);

}  // namespace lambda_pack
