// Poetry's content hash: whether a lock was made from this pyproject.toml. Pure.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace lambda_pack {

// The values of `metadata.content-hash` that Poetry accepts for a pyproject.toml that parse_toml read: what Poetry
// 2.3 and later writes (with PEP 735's [dependency-groups]) and, where it differs, what the versions before it
// wrote. Poetry 1.x needs no value of its own: without [project] and [dependency-groups] the rule is the same.
std::vector<std::string> poetry_content_hashes(const nlohmann::json& pyproject);

}  // namespace lambda_pack
