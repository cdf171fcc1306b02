// What a pyproject.toml asks uv for, and whether a uv.lock was made from it. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lock/uv_lock.hpp"
#include "runtime/target.hpp"
#include "standards/requirement.hpp"

namespace lambda_pack {

struct UvProject {
  std::string file;                      // its name for messages
  std::optional<DistributionName> name;  // nothing for the root of a workspace that is no project
  std::vector<Requirement> dependencies;
  std::map<std::string, std::vector<Requirement>> extras, groups;  // normalised; groups with what they include
  std::set<std::string> default_groups;                            // [tool.uv] default-groups, or `dev`
  // Whether dependencies and extras are all in pyproject.toml. Where they are dynamic, or the project needs itself
  // with an extra, the lock has another form of them.
  bool comparable = true;
};

// Reads a document of parse_toml: PEP 621's [project], PEP 735's [dependency-groups] with `include-group`, and
// [tool.uv]'s older `dev-dependencies`. Throws Error with file and key for a wrong entry.
UvProject read_uv_project(const nlohmann::json& document, std::string_view file);

// Whether the lock's package, which is the project, says that it was made from the same dependencies, extras and
// groups: names, versions and extras of each, and whether it applies on the target with all extras. A lock that
// does not say (before uv 0.3) fits.
bool fits_uv_project(const UvPackage& package, const UvLock& lock, const UvProject& project, const Target& target);

}  // namespace lambda_pack
