// One selection for several targets, as a layer has them. Pure.
#pragma once

#include <string>
#include <vector>

#include "lock/selection.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

// What a runtime gets on all of its architectures: the selections of one runtime put together, since a layer has one
// place for all of them. Throws Error that names a distribution that is not the same file on each; `lock` is the lock's
// name for that.
Selection joined_architectures(const std::vector<Selection>& selections, const std::string& lock);

// Where several runtimes get different files of a version, and one of these runs on all of them without losing its
// machine code, all get that one: an older `abi3` wheel serves every later Python, one for an older glibc every later
// system, and the layer needs it once only. `selections` and `targets` belong together, one of each for a runtime.
void share_files(std::vector<Selection>& selections, const std::vector<Target>& targets);

}  // namespace lambda_pack
