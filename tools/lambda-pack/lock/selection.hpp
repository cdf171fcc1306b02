// The outcome of reading a lock for one target: exactly which files a package consists of. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lock/model.hpp"
#include "runtime/target.hpp"
#include "standards/distribution_name.hpp"

namespace lambda_pack {

// One distribution of the package and the one file of it that the target gets.
struct SelectedDistribution {
  DistributionName name;
  std::string version;  // as the lock spells it
  Source source;
  LockedFile file;     // a wheel that runs on the target, or an sdist when `build`; of a folder or git nothing
  bool build = false;  // the file is an sdist that SOURCE_BUILDS allows to be built

  bool operator==(const SelectedDistribution&) const = default;
};

struct Selection {
  std::string runtime;                              // "python3.12"
  std::string architecture;                         // Lambda's name: "arm64"
  std::vector<SelectedDistribution> distributions;  // sorted by name
  std::vector<std::string> warnings;                // one line each

  bool operator==(const Selection&) const = default;
};

// The selection as JSON (what `lambda-pack export` leaves for the later steps): deterministic, no absolute path.
std::string to_json(const Selection& selection);

// Reads what to_json wrote; throws Error naming `file` when it is something else.
Selection selection_from_json(std::string_view json, std::string_view file);

// The selection as requirements.txt: one pin a distribution, sorted, with the chosen file's hashes only, in the
// form `pip install --require-hashes` accepts; sources outside the user's index as `name @ url`. No index option,
// no markers (they have been decided), LF line ends. What is built from a folder or from a git repository has no hash,
// so that it is only told in a comment: one line without a hash, and pip would refuse the others.
std::string requirements_txt(const Selection& selection);

}  // namespace lambda_pack
