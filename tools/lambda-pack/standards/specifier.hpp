// Version specifiers (PEP 440): `>=1.2,<2`, `~=1.4`, `==3.*`, `===x`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "standards/version.hpp"

namespace lambda_pack {

// One comparison with a version. Pre-releases are admitted (`packaging` with prereleases=True): a lock has already
// decided about them.
class Specifier {
 public:
  // The specifier that `text` is (surrounding space allowed); nothing when it is none.
  static std::optional<Specifier> parse(std::string_view text);

  bool contains(const Version& version) const;
  // The same for a text as it is written, which only matters to `===`. A text that is no version satisfies nothing
  // else, not even `!=`.
  bool contains_text(std::string_view version) const;
  std::string str() const;  // operator and version, as they were written

 private:
  enum class Operator { arbitrary, compatible, equal, not_equal, less_equal, greater_equal, less, greater };

  bool is_well_formed() const;
  bool equals(const Version& version) const;
  bool is_below(const Version& version) const;
  bool is_above(const Version& version) const;

  Operator operator_ = Operator::equal;
  bool wildcard_ = false;
  std::string written_;  // the version as it was written
  Version version_;      // unused by `===`
};

// A comma-separated conjunction of specifiers; empty admits every version.
class SpecifierSet {
 public:
  // Throws Error naming the text and the part that is no specifier.
  static SpecifierSet parse(std::string_view text);

  // Whether `version` satisfies every specifier.
  bool contains(const Version& version) const;
  bool empty() const { return specifiers_.empty(); }
  std::string str() const;  // sorted, each specifier once

 private:
  std::vector<Specifier> specifiers_;
};

}  // namespace lambda_pack
