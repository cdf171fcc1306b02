// A poetry.lock of any generation, read into one model. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lock/model.hpp"
#include "lock/poetry_constraint.hpp"
#include "lock/poetry_dependency.hpp"
#include "standards/distribution_name.hpp"
#include "standards/marker.hpp"
#include "standards/version.hpp"

namespace lambda_pack {

// What an extra of a distribution brings: `foo[bar]`. Its version is in the dependency of the same name.
struct ExtraMember {
  DistributionName name;
  std::set<std::string> extras;
};

// One [[package]].
struct LockedPackage : LockedDistribution {
  PoetryConstraint pythons;  // `python-versions`
  std::vector<PoetryDependency> dependencies;
  std::map<std::string, std::vector<ExtraMember>> extras;  // normalised
  Marker marker;  // Poetry 1.0, whose edges have none: where the package is needed
  // Lock version 2.1 and later: the groups that need it, and where each of them needs it; a group without a marker
  // needs it everywhere.
  std::set<std::string> groups;
  std::map<std::string, Marker> markers;
};

struct PoetryLock {
  std::string file;  // its name for messages
  std::vector<LockedPackage> packages;
  bool has_groups = false;       // lock version 2.1 and later: `groups` and `markers` are filled
  bool mixed_files = false;      // before 2.0: a file list may hold the files of several versions of its distribution
  std::set<std::string> extras;  // of the project, normalised
  std::string content_hash;      // empty when the lock has none
  std::string warning;           // empty, or that the lock is newer than what is known here

  LockLabel label() const { return {file, "`poetry lock` makes it anew"}; }
};

// Reads the text of a poetry.lock: lock versions 1.0 (or none) up to, but not including, 3. Throws Error for
// malformed TOML, for a document that is no Poetry lock, for an unknown lock version, and for file lists without
// file names (before Poetry 1.0). A damaged dependency is an error where it decides (before 2.1); later it means
// any version, everywhere.
PoetryLock read_poetry_lock(std::string_view text, std::string_view file);

}  // namespace lambda_pack
