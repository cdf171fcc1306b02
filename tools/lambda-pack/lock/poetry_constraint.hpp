// Poetry's version constraints: PEP 440's specifiers and `^1.2`, `~1.2`, `1.2.*`, `>=1 <2 || ^3`. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "standards/version.hpp"

namespace lambda_pack {

// A parsed constraint (Poetry's documentation, "Version constraints"): alternatives between `||`, each a
// conjunction of single constraints between commas or spaces. Without a text it admits everything.
class PoetryConstraint {
 public:
  PoetryConstraint() = default;
  // Throws Error naming the text and the part that is no constraint.
  static PoetryConstraint parse(std::string_view text);

  // Whether `version` is admitted, pre-releases like any other: a lock has already decided about them.
  bool allows(const Version& version) const;
  // The same for `python = …` of a dependency, which Poetry turns into a marker on python_version: there `3.9`
  // means every 3.9.x. `full` has the patch, "3.9.18".
  bool allows_python(const Version& full) const;
  // Whether some patch of CPython 3.<minor> is admitted: a constraint that names an exact patch means its minor
  // here, for nobody can choose Lambda's patch.
  bool allows_python_minor(int minor) const;

  const std::string& str() const { return text_; }  // as it was written; "*" for everything

 private:
  friend struct PoetryConstraintParser;

  struct Bound {
    Version version;
    bool inclusive;
  };
  // One interval; or, when `excludes`, everything that does not equal `lower`.
  struct Range {
    std::optional<Bound> lower, upper;
    bool exact = false;     // lower only: that version, and every local build of it when it names none
    bool excludes = false;  // lower only: any other version

    bool allows(const Version& version) const;
  };
  using Single = std::vector<Range>;        // any of them
  using Conjunction = std::vector<Single>;  // all of them

  template <typename Predicate>
  bool any_alternative(Predicate holds) const;

  std::vector<Conjunction> alternatives_;
  std::string text_ = "*";
};

}  // namespace lambda_pack
