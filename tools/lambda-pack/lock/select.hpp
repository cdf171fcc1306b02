// From a lock and its pyproject.toml to the selection for a target. Pure.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lock/selection.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

// What to select. Names are normalised by the caller's use of DistributionName and normalize_name.
struct SelectionRequest {
  Target target;
  std::set<std::string> groups;              // beside the main dependencies
  std::set<std::string> extras;              // of the project itself
  std::set<DistributionName> provided;       // left out, with everything that only they need
  std::set<DistributionName> source_builds;  // may be built from their sdist
  bool default_groups = false;               // also the groups that the lock's own tool installs unasked
  bool main = true;                          // the main dependencies; false: those of the groups alone
  std::string member;                        // of a workspace: packaged instead of the project itself
  std::set<DistributionName> only;           // these alone, with everything that they need; empty: all
};

// The text of a file and its name for messages.
struct NamedText {
  std::string_view text;
  std::string file;
};

// What a lock may refer to: further files (a path as the lock has it, joined to the lock's own folder) and the
// variables of the environment. Nothing for what is not there.
struct LockSurroundings {
  std::function<std::optional<std::string>(const std::string& path)> read_file;
  std::function<std::optional<std::string>(const std::string& name)> variable;
};

enum class LockFormat { poetry, uv, pylock, requirements };

// The format of a lock from its file name (`poetry.lock`, `uv.lock`, `pylock.toml`, `pylock.<name>.toml`,
// `requirements*.txt`); throws Error that lists the known names, and for the locks of other tools their export command.
LockFormat lock_format(std::string_view file_name);

// The names of the dependency groups of a pyproject.toml, normalised and sorted, without the main dependencies.
// Throws Error with file and key for a wrong entry.
std::vector<std::string> dependency_groups(const NamedText& pyproject);

// What the lock's own tool would install for the target, without the project: each distribution with its best file,
// or, for a target of this machine and from a requirements file, with the hashes of all of its files.
// Throws Error for: malformed TOML (file, line); a lock version that is not known; a lock without hashes; a group
// or extra that does not exist (close names listed); a distribution with no wheel for the target (names it, the
// target's best tag, the tags there are, and what can be done); a source kind not supported yet. Warns
// (Selection::warnings) when the lock does not fit its pyproject (Poetry's content
// hash) with the command to run, when the project's python constraint excludes the target, when a marker depends
// on the patch version.
Selection select(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request,
                 const LockSurroundings& around = {});

}  // namespace lambda_pack
