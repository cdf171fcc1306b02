// pylock.toml (PEP 751, packaging.python.org "pylock.toml Specification"). Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lock/model.hpp"
#include "standards/marker.hpp"

namespace lambda_pack {

// One [[packages]].
struct PylockPackage : LockedDistribution {
  Marker marker;
  std::string requires_python;
  std::vector<DistributionName> dependencies;  // for PROVIDED; installers decide by markers alone
};

struct Pylock {
  std::string file;  // its name for messages
  std::string created_by, requires_python;
  std::vector<std::string> environments;
  std::set<std::string> extras, groups, default_groups;  // normalised
  std::vector<PylockPackage> packages;
  std::vector<std::string> warnings;

  LockLabel label() const;
};

// Reads the text of a pylock.toml. Throws Error for malformed TOML, for a document that is none, for a lock version
// other than 1, for a package whose sources exclude each other; warns of a newer minor version.
Pylock read_pylock(std::string_view text, std::string_view file);

}  // namespace lambda_pack
