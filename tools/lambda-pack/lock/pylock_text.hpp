// A selection as pylock.toml (PEP 751), for installers that know nothing of the lock it came from. Pure.
#pragma once

#include <functional>
#include <string>

#include "lock/selection.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

// Whether pip and uv take a file of that name for one: `pylock.toml`, or `pylock.<name>.toml` with a name without dots.
bool is_pylock_name(std::string_view file_name);

// The selection for its target alone: `environments` and `requires-python` say which that is. Every file from an index
// needs its address, and every file a hash. Paths of the selection, which are relative to its lock, go through `path`.
std::string pylock_toml(const Selection& selection, const Target& target,
                        const std::function<std::string(const std::string&)>& path);

}  // namespace lambda_pack
