// Version specifiers (PEP 440): `>=1.2,<2`, `~=1.4`, `==3.*`, `===x`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "standards/version.hpp"

namespace lambda_pack {

// A comma-separated conjunction of specifiers; empty admits every version.
class SpecifierSet {
 public:
  // Throws Error naming the text and the part that is no specifier.
  static SpecifierSet parse(std::string_view text);

  // Whether `version` satisfies every specifier. Pre-releases are admitted (`packaging` with prereleases=True):
  // a lock has already decided about them.
  bool contains(const Version& version) const;
  std::string str() const;

 private:
  // The implementer of this room chooses the representation.
};

}  // namespace lambda_pack
