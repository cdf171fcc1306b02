// The selection from a uv.lock. Pure.
#pragma once

#include "lock/select.hpp"

namespace lambda_pack {

// select() for LockFormat::uv: what `uv sync` would install beside the project, or beside the member of the
// workspace that the request names.
Selection select_from_uv(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request);

}  // namespace lambda_pack
