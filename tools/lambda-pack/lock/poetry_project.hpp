// What a pyproject.toml asks Poetry for: groups, extras, dependencies. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "lock/poetry_constraint.hpp"
#include "lock/poetry_dependency.hpp"
#include "standards/distribution_name.hpp"

namespace lambda_pack {

inline constexpr std::string_view kMainGroup = "main";

struct PoetryProject {
  std::string file;  // its name for messages
  // Nothing when there is none, or one that only Poetry takes ("My Project", in projects that are no package).
  std::optional<DistributionName> name;
  std::optional<PoetryConstraint> pythons;
  std::map<std::string, std::vector<PoetryDependency>> groups;  // normalised; with what they include; has "main"
  std::set<std::string> optional_groups;                        // those that are installed only when asked for
  // [tool.poetry.extras]: the optional main dependencies that an extra asks for; PEP 621's extras are here with
  // the names of their members.
  std::map<std::string, std::set<DistributionName>> extras;
};

// Reads a document of parse_toml as Poetry 2 does: [project] first, [tool.poetry.dependencies] adding to it, the
// main dependencies of [tool.poetry] alone, `dev-dependencies`, [tool.poetry.group.*], PEP 735's
// [dependency-groups] with `include-group`. Throws Error with file and key for a wrong entry.
PoetryProject read_poetry_project(const nlohmann::json& document, std::string_view file);

}  // namespace lambda_pack
