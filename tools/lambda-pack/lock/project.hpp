// What the program needs to know of a pyproject.toml. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "standards/distribution_name.hpp"

namespace lambda_pack {

// A package index that pyproject.toml declares ([[tool.poetry.source]], [[tool.uv.index]]).
struct ProjectIndex {
  std::string name;  // may be empty in uv's
  std::string url;
  std::string priority;  // "primary", "supplemental", "explicit", …, empty when not said
};

// PEP 518's [build-system].
struct BuildSystem {
  std::vector<std::string> requires_;     // PEP 508 texts
  std::string backend;                    // "poetry.core.masonry.api"; "setuptools.build_meta:__legacy__" by default
  std::vector<std::string> backend_path;  // PEP 517's in-tree backends, relative to the project
};

// What pyproject.toml says of whether the project is a package, which a build backend makes a wheel of.
enum class ProjectKind {
  package,  // it has a [build-system], or is Poetry's, or says `package = true` to uv
  files,    // Poetry's `package-mode = false`, uv's `package = false`
  unsaid,   // none of these
};

// A parsed pyproject.toml. The lock readers look at more of it; other rooms see only this.
struct Project {
  DistributionName name;                    // empty only where the kind is not `package`
  std::optional<BuildSystem> build_system;  // without the table: poetry-core for a Poetry project, else nothing
  ProjectKind kind = ProjectKind::unsaid;
  std::vector<ProjectIndex> indexes;
};

// Reads the text of a pyproject.toml; `file` names it in errors. Throws Error with file and line for malformed
// TOML, and with the missing or wrong key for everything else.
Project read_project(std::string_view text, std::string_view file);

// Only the [build-system] table of a pyproject.toml, which an sdist may have without naming itself there; nothing
// when the table is missing. Throws Error as read_project does.
std::optional<BuildSystem> read_build_system(std::string_view text, std::string_view file);

}  // namespace lambda_pack
