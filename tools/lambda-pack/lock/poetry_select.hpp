// The selection from a poetry.lock. Pure.
#pragma once

#include "lock/select.hpp"

namespace lambda_pack {

// select() for LockFormat::poetry.
Selection select_from_poetry(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request);

}  // namespace lambda_pack
