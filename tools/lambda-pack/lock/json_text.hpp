// JSON written byte for byte as Python's `json.dumps(value, sort_keys=True)` writes it. Pure.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace lambda_pack {

// Separators ", " and ": ", keys sorted by code point, everything outside printable ASCII escaped, floats as
// Python's repr().
std::string python_json(const nlohmann::json& value);

}  // namespace lambda_pack
