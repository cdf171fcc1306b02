// The file of a distribution that the lock takes from a URL or a path instead of an index. Pure.
#pragma once

#include <vector>

#include "lock/poetry_lock.hpp"
#include "lock/wheel_choice.hpp"

namespace lambda_pack {

// The one file of a url or file source, when the target can use it: a wheel that runs there, or, when
// `build_allowed` or on this machine, an sdist. Throws Error for one that cannot be used, for a URL without a hash,
// and for git and directory sources, which are not supported yet.
FileChoice source_file(const LockedPackage& package, const PoetryLock& lock, const WheelRanking& ranking,
                       bool build_allowed);

}  // namespace lambda_pack
