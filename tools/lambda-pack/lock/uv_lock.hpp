// A uv.lock, read into one model. Pure.
// ([manifest.dependency-groups], of a workspace whose root is no project, is nobody's: uv gives them to no member.)
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "lock/model.hpp"
#include "standards/distribution_name.hpp"

namespace lambda_pack {

// One edge: a distribution that is needed, and where.
struct UvDependency {
  DistributionName name;
  std::string version;           // of the package that is meant, where the lock has several of that name
  std::optional<Source> source;  // likewise
  std::set<std::string> extras;  // of that distribution, normalised
  std::string marker;            // parsed by whoever follows the edge: most edges of a large lock are not followed
};

using UvEdges = std::map<std::string, std::vector<UvDependency>>;  // by normalised extra or group

// One [[package]]. Its files are read by read_uv_files.
struct UvPackage : LockedDistribution {
  bool is_virtual = false;  // a project that is no package: only what it needs is installed
  std::vector<UvDependency> dependencies;
  UvEdges extras, groups;
  std::vector<std::string> resolution_markers;  // of the forks it belongs to; none: of all
  const nlohmann::json* table = nullptr;        // in the lock's document
};

// One side of a conflict: a package's extra or group, or, without both, the package itself.
struct UvConflictItem {
  DistributionName package;
  std::string extra, group;

  std::string str() const;  // "extra \"cpu\" of shop"
};

struct UvLock {
  std::string file;  // its name for messages
  std::string requires_python;
  std::vector<std::string> supported_markers;  // [tool.uv] environments: it holds where one of them does; none: all
  std::vector<std::vector<UvConflictItem>> conflicts;
  std::set<DistributionName> members;  // of a workspace; none: the lock of a single project
  std::vector<UvPackage> packages;
  nlohmann::json document;  // what the packages' `table` point into

  LockLabel label() const { return {file, "`uv lock` makes it anew"}; }
};

// Reads the text of a uv.lock of version 1, whatever its revision. Throws Error for malformed TOML, for a document
// that is no uv.lock, for an unknown version and for an unknown kind of source.
UvLock read_uv_lock(std::string_view text, std::string_view file);

// Says of a wheel's file name whether it is of use. Most of a lock are wheels for others.
using WantedWheel = std::function<bool(const std::string& file_name)>;

// The package's wheels and sdist; wheels that are not `wanted` may be missing. In a local index the `url` of a file is
// its path below the index.
std::vector<LockedFile> read_uv_files(const UvLock& lock, const UvPackage& package, const WantedWheel& wanted = {});

// Whether the package's index is a folder, whose files are found by path.
bool is_local_index(const Source& source);

}  // namespace lambda_pack
