// The selection from a pylock.toml. Pure.
#pragma once

#include "lock/select.hpp"

namespace lambda_pack {

// select() for LockFormat::pylock: the specification's steps for installing. Beside the lock's default groups, which
// stand for the project's own dependencies, only the groups and extras that are asked for.
Selection select_from_pylock(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request);

}  // namespace lambda_pack
