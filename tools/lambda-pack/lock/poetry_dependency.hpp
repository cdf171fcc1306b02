// Dependencies as Poetry writes them, in pyproject.toml and in its locks. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "lock/model.hpp"
#include "lock/poetry_constraint.hpp"
#include "runtime/target.hpp"
#include "standards/distribution_name.hpp"
#include "standards/marker.hpp"

namespace lambda_pack {

// A dependency: what it asks for, and where it applies. The vectors are conjunctions; they have more than one item
// where [tool.poetry.dependencies] adds to an entry of [project].
struct PoetryDependency {
  DistributionName name;
  std::vector<PoetryConstraint> constraints;
  std::set<std::string> extras;     // of that distribution, normalised
  bool optional = false;            // applies only when an extra asks for it
  std::set<std::string> in_extras;  // PEP 621: the project's extras that ask for it, normalised
  std::vector<Marker> markers;
  std::vector<PoetryConstraint> pythons;
  std::vector<std::string> platforms;     // constraints on sys_platform: "linux", "!=win32", "linux || darwin"
  std::optional<SourceKind> source_kind;  // git, url, file (also for directories) when it names its origin
  std::string source_url;
  std::string source_name;  // of the index it must come from; else empty

  // Whether it applies on the target when `extras` are asked for (of the distribution that depends).
  // `*depends_on_patch` becomes true when that hangs on Python's patch version.
  bool applies(const Target& target, const std::set<std::string>& extras, bool* depends_on_patch) const;
  // Whether every constraint admits the version.
  bool allows(const Version& version) const;
  std::string str() const;  // `numpy >=1.21,<2`
};

// One entry of a dependency table: a constraint, a table, or a list of both (multiple constraints). `place` names
// it in errors: `pyproject.toml: [tool.poetry.dependencies] numpy`.
std::vector<PoetryDependency> read_poetry_dependency(std::string_view name, const nlohmann::json& value,
                                                     const std::string& place);

// One item of a PEP 621 or PEP 735 list.
PoetryDependency read_pep508_dependency(const std::string& text, const std::string& place);

}  // namespace lambda_pack
