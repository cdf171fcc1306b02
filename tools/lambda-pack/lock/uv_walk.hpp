// Which packages of a uv.lock a project reaches. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>

#include "lock/closure.hpp"
#include "lock/uv_lock.hpp"

namespace lambda_pack {

struct UvWalkRequest {
  std::size_t root;                // index of the project's package
  std::set<std::string> groups;    // normalised
  std::set<std::string> extras;    // of the project, normalised
  std::set<DistributionName> cut;  // not reached, and so nothing through them
  // Whether a marker holds on the target when the names of `extra` in it are these; the distribution is the one it
  // stands at.
  std::function<bool(const std::string& marker, const std::set<std::string>& extras, const DistributionName& at)> holds;
  bool main = true;  // the project's own dependencies; false: those of the groups and extras alone
};

// Indexes of the packages that `uv sync` would install beside the project: from its dependencies, extras and groups
// along every edge whose marker holds. In a lock with conflicts the markers also ask which extras are active
// anywhere (`extra == 'extra-4-shop-cpu'`), so that those are found by a walk of their own before. Throws Error for
// extras and groups that the lock says conflict, for an edge that leads to no package, or to several. `edges`, when
// given, becomes who needs whom.
std::set<std::size_t> walk_uv_lock(const UvLock& lock, const UvWalkRequest& request, Edges* edges = nullptr);

}  // namespace lambda_pack
