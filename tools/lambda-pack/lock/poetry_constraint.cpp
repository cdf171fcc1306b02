#include "lock/poetry_constraint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

// CPython releases of one minor that could exist: 3.8 and 3.9 ended near 3.8.20 and 3.9.25.
constexpr int kMostPatches = 50;

Version without_local(const Version& version) {
  return version.has_local() ? Version::require(version.public_str()) : version;
}

// The parts of a version's normalised text, `epoch!release(a|b|rc)N.postN.devN+local`.
struct Pieces {
  std::string epoch;  // with its "!"
  std::vector<std::uint64_t> release;
  std::string pre, post, dev;  // "rc1", ".post2", ".dev3", empty without

  explicit Pieces(const Version& version) {
    const auto text = version.public_str();
    const auto bang = text.find('!');
    if (bang != std::string::npos) epoch = text.substr(0, bang + 1);
    for (std::size_t i = 0; i < version.release_size(); ++i) release.push_back(version.release(i));
    auto rest = text.substr(std::min(text.size(), text.find_first_not_of("0123456789.", epoch.size())));
    if (rest.rfind("dev", 0) == 0 || rest.rfind("post", 0) == 0) rest.insert(0, 1, '.');
    const auto dev_at = std::min(rest.size(), rest.find(".dev"));
    dev = rest.substr(dev_at);
    rest.resize(dev_at);
    const auto post_at = std::min(rest.size(), rest.find(".post"));
    post = rest.substr(post_at);
    pre = rest.substr(0, post_at);
  }

  Version version() const {
    return Version::require(fmt::format("{}{}{}{}{}", epoch, fmt::join(release, "."), pre, post, dev));
  }
};

// An exclusive `<V` admits no pre-release or dev release of a stable V (PEP 440): the bound is V.dev0.
Version strict_upper(const Version& version) {
  if (version.is_prerelease()) return version;
  return Version::require(version.public_str() + ".dev0");
}

// The release with the component at `index` one higher and zeros after it.
Version bumped(const Version& version, std::size_t index) {
  Pieces pieces(version);
  pieces.pre = pieces.post = pieces.dev = "";
  auto& release = pieces.release;
  if (release.size() <= index) release.resize(index + 1, 0);
  ++release[index];
  std::fill(release.begin() + static_cast<std::ptrdiff_t>(index) + 1, release.end(), 0);
  return pieces.version();
}

// `^`: up to the next release that may break: the first component that is not zero, or the last one written.
Version next_breaking(const Version& version) {
  if (version.release(0) > 0 || version.release_size() == 1) return bumped(version, 0);
  if (version.release(1) > 0 || version.release_size() == 2) return bumped(version, 1);
  return bumped(version, 2);
}

// `~1` up to 2, `~1.2` and `~1.2.3` up to 1.3.
Version next_for_tilde(const Version& version) { return bumped(version, version.release_size() == 1 ? 0 : 1); }

// PEP 440's `~=`: the last component may grow.
Version next_compatible(const Version& version) {
  return bumped(version, version.release_size() < 2 ? 0 : version.release_size() - 2);
}

// `1.2.*` ends before 1.3.
Version next_same_length(const Version& version) { return bumped(version, version.release_size() - 1); }

bool is_anything(std::string_view text) {
  if (!text.empty() && lowered(text.substr(0, 1)) == "v") text.remove_prefix(1);
  const auto parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return part == "*" || part == "x" || part == "X"; });
}

constexpr std::string_view kOperatorCharacters = "^~=<>!";
constexpr std::string_view kSeparators = " \t\r\n,";

}  // namespace

// Builds a PoetryConstraint from its text.
struct PoetryConstraintParser {
  using Bound = PoetryConstraint::Bound;
  using Range = PoetryConstraint::Range;
  using Single = PoetryConstraint::Single;
  using Conjunction = PoetryConstraint::Conjunction;

  std::string_view whole;

  [[noreturn]] void fail(std::string_view part) const {
    throw Error(fmt::format("{} in {} is no version constraint", quote(part), quote(whole)));
  }

  Version version(std::string_view text, std::string_view part) const {
    const auto parsed = Version::parse(text == "dev" ? "0.0.dev0" : text);
    if (!parsed) fail(part);
    return *parsed;
  }

  static Single at_least_below(Version lower, const Version& upper) {
    return {Range{Bound{std::move(lower), true}, Bound{strict_upper(upper), false}}};
  }

  // `==1.2.*`, `!=1.2.*`, `1.2.*`.
  Single wildcard(std::string_view text, bool inverted, std::string_view part) const {
    const auto lowest = version(text, part);
    if (lowest.is_prerelease() || lowest.is_postrelease() || lowest.has_local()) fail(part);
    const Bound from{strict_upper(lowest), true};
    const Bound to{strict_upper(next_same_length(lowest)), false};
    if (!inverted) return {Range{from, to}};
    return {Range{std::nullopt, Bound{from.version, false}}, Range{Bound{to.version, true}, std::nullopt}};
  }

  Single ordered(std::string_view operation, const Version& version, std::string_view part) const {
    if (operation == "^") return at_least_below(version, next_breaking(version));
    if (operation == "~") return at_least_below(version, next_for_tilde(version));
    if (operation == "~=") return at_least_below(version, next_compatible(version));
    if (operation == "<") return {Range{std::nullopt, Bound{strict_upper(version), false}}};
    if (operation == "<=") return {Range{std::nullopt, Bound{version, true}}};
    if (operation == ">") return {Range{Bound{version, false}, std::nullopt}};
    if (operation == ">=") return {Range{Bound{version, true}, std::nullopt}};
    if (operation == "!=") return {Range{Bound{version, true}, std::nullopt, false, true}};
    if (operation.empty() || operation == "==" || operation == "=") {
      return {Range{Bound{version, true}, std::nullopt, true}};
    }
    fail(part);
  }

  Single single(std::string_view operation, std::string_view text, std::string_view part) const {
    if (operation.empty() && is_anything(text)) return {Range{}};
    auto stem = text;
    while (stem.size() > 2 && stem.substr(stem.size() - 2) == ".*") stem.remove_suffix(2);
    if (stem.size() == text.size()) return ordered(operation, version(text, part), part);
    const bool equality = operation.empty() || operation == "==" || operation == "=";
    if (equality || operation == "!=") return wildcard(stem, operation == "!=", part);
    // `>=3.5.*` is no valid specifier, but published metadata has it; it means `>=3.5`.
    if (operation == "<" || operation == "<=" || operation == ">" || operation == ">=") {
      return ordered(operation, version(stem, part), part);
    }
    fail(part);
  }

  // One side of `||`: single constraints between commas or spaces; a space may follow an operator, and a comma the
  // last constraint.
  Conjunction conjunction(std::string_view text) const {
    Conjunction result;
    for (auto rest = trimmed(text); !rest.empty() || result.empty();) {
      const auto operator_end = std::min(rest.size(), rest.find_first_not_of(kOperatorCharacters));
      const auto body = std::min(rest.size(), rest.find_first_not_of(" \t", operator_end));
      const auto end = std::min(rest.size(), rest.find_first_of(kSeparators, body));
      result.push_back(single(rest.substr(0, operator_end), rest.substr(body, end - body), rest.substr(0, end)));
      rest = trimmed(rest.substr(end));
      if (!rest.empty() && rest[0] == ',') rest = trimmed(rest.substr(1));
    }
    return result;
  }

  // Between `||`, for which `|` does as well.
  std::vector<Conjunction> alternatives() const {
    std::vector<Conjunction> result;
    for (auto rest = whole;;) {
      const auto bar = rest.find('|');
      result.push_back(conjunction(rest.substr(0, bar)));
      if (bar == std::string_view::npos) return result;
      rest.remove_prefix(bar + (rest.substr(bar, 2) == "||" ? 2 : 1));
    }
  }
};

PoetryConstraint PoetryConstraint::parse(std::string_view text) {
  const auto whole = trimmed(text);
  PoetryConstraint constraint;
  if (whole == "*") return constraint;
  constraint.text_ = whole;
  constraint.alternatives_ = PoetryConstraintParser{whole}.alternatives();
  return constraint;
}

// PEP 440, "exclusive ordered comparison": `>V` admits neither V's post-releases nor its local builds, and a bound
// without a local part looks at no local part.
bool PoetryConstraint::Range::allows(const Version& version) const {
  const auto comparable = [&version](const Version& bound) {
    return bound.has_local() ? version : without_local(version);
  };
  if (exact) return comparable(lower->version) == lower->version;
  if (excludes) return comparable(lower->version) != lower->version;
  if (lower) {
    auto other = comparable(lower->version);
    if (!lower->inclusive && !lower->version.is_postrelease() && other.is_postrelease()) {
      Pieces pieces(other);
      pieces.post.clear();
      other = pieces.version();
    }
    if (other < lower->version || (!lower->inclusive && other == lower->version)) return false;
  }
  if (upper) {
    const auto other = comparable(upper->version);
    if (other > upper->version || (!upper->inclusive && other == upper->version)) return false;
  }
  return true;
}

template <typename Predicate>
bool PoetryConstraint::any_alternative(Predicate holds) const {
  if (alternatives_.empty()) return true;
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&holds](const Conjunction& conjunction) {
    return std::all_of(conjunction.begin(), conjunction.end(),
                       [&holds](const Single& single) { return std::any_of(single.begin(), single.end(), holds); });
  });
}

bool PoetryConstraint::allows(const Version& version) const {
  return any_alternative([&version](const Range& range) { return range.allows(version); });
}

bool PoetryConstraint::allows_python(const Version& full) const {
  const auto minor = Version::require(fmt::format("{}.{}", full.release(0), full.release(1)));
  return any_alternative([&](const Range& range) {
    return range.allows(range.exact && range.lower->version.release_size() < 3 ? minor : full);
  });
}

bool PoetryConstraint::allows_python_minor(int minor) const {
  for (int patch = kMostPatches; patch >= 0; --patch) {
    if (allows_python(Version::require(fmt::format("3.{}.{}", minor, patch)))) return true;
  }
  return false;
}

}  // namespace lambda_pack
