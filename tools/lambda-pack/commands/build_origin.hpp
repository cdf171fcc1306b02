// What a wheel is built from, as messages name it.
#pragma once

#include <string>

#include "runtime/target.hpp"
#include "standards/distribution_name.hpp"

namespace lambda_pack {

struct BuildOrigin {
  std::string what;  // an sdist, a folder, a commit
  DistributionName name;
  bool is_release = false;  // on an index, where another release may have a wheel
};

// Another way out, for a hint's last line; empty for what is no release.
inline std::string or_a_release(const BuildOrigin& from, const Target& target) {
  return from.is_release ? "\nor take a release of it that has a wheel for " + target.str() : std::string();
}

}  // namespace lambda_pack
