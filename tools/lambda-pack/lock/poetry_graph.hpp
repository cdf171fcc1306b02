// Which packages of a poetry.lock the project reaches on one target. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "lock/closure.hpp"
#include "lock/poetry_lock.hpp"
#include "lock/poetry_project.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

struct GraphRequest {
  Target target;
  std::set<std::string> groups;                      // normalised, with "main" when it is wanted
  std::set<std::string> extras;                      // of the project, normalised
  std::set<DistributionName> cut;                    // not reached, and so nothing through them
  std::function<bool(const LockedPackage&)> admits;  // which packages may be chosen at all; empty: all
  // false: a dependency that no package satisfies leads to whatever is admitted under its name, or nowhere,
  // instead of being an error.
  bool complete = true;
};

struct GraphResult {
  std::set<std::size_t> packages;          // indexes into the lock's packages
  std::set<std::string> depends_on_patch;  // `name` of dependencies whose marker hangs on Python's patch version
  std::set<std::string> unlocked;          // `ipython 7.16.1 needs setuptools`: see is_unlocked_tool
  Edges edges;                             // between the packages
};

// Whether Poetry 1 left the distribution out of its locks and environments, whoever needed it.
bool is_unlocked_tool(const DistributionName& name);

// Walks from the project's dependencies as `poetry install` does when it resolves again inside the lock: each edge
// where its marker, `python` and `platform` hold on the target, optional ones where an extra asks for them. Of
// several locked versions of one distribution it takes the highest that satisfies every edge that leads to it and
// runs on the target's Python; optional dependencies that nobody asks for, and those that are cut off, have a say
// in that. Throws Error for an edge that no locked package satisfies (except on an unlocked tool of which there is
// no package), and for two packages of one distribution between which nothing decides.
GraphResult walk_poetry_graph(const PoetryLock& lock, const PoetryProject& project, const GraphRequest& request);

}  // namespace lambda_pack
