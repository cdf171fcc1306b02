#include "standards/specifier.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"

namespace lambda_pack {

namespace {

constexpr std::string_view kWildcard = ".*";

// In the order of Specifier::Operator, which puts `===` before the operators that begin it.
constexpr std::array<std::string_view, 8> kOperators = {"===", "~=", "==", "!=", "<=", ">=", "<", ">"};

// The place in kOperators of the operator that stands at the cursor, taken from there.
std::optional<std::size_t> take_operator(Cursor& in) {
  for (std::size_t i = 0; i < kOperators.size(); ++i) {
    if (in.take(kOperators[i])) return i;
  }
  return std::nullopt;
}

// `===` takes any text that can stand in a requirement.
bool is_arbitrary_version(std::string_view text) {
  const auto ends_it = [](char c) { return ascii::is_space(c) || c == ';' || c == ')'; };
  return !text.empty() && std::none_of(text.begin(), text.end(), ends_it);
}

}  // namespace

std::optional<Specifier> Specifier::parse(std::string_view text) {
  Cursor in(ascii::stripped(text));
  const auto place = take_operator(in);
  if (!place) return std::nullopt;

  Specifier specifier;
  specifier.operator_ = static_cast<Operator>(*place);
  std::string_view version = ascii::stripped(in.rest());
  specifier.written_ = version;
  if (specifier.operator_ == Operator::arbitrary) {
    return is_arbitrary_version(version) ? std::optional(std::move(specifier)) : std::nullopt;
  }
  specifier.wildcard_ = version.ends_with(kWildcard);
  if (specifier.wildcard_) version.remove_suffix(kWildcard.size());
  auto parsed = version.empty() || ascii::is_space(version.back()) ? std::nullopt : Version::parse(version);
  if (!parsed) return std::nullopt;
  specifier.version_ = *std::move(parsed);
  return specifier.is_well_formed() ? std::optional(std::move(specifier)) : std::nullopt;
}

// What PEP 440 allows beside each operator.
bool Specifier::is_well_formed() const {
  const bool equality = operator_ == Operator::equal || operator_ == Operator::not_equal;
  const bool only_release = !version_.is_prerelease() && !version_.is_postrelease() && !version_.has_local();
  if (wildcard_) return equality && only_release;
  if (version_.has_local()) return equality;
  return operator_ != Operator::compatible || version_.release_size() >= 2;
}

bool Specifier::contains(const Version& version) const {
  switch (operator_) {
    case Operator::arbitrary: return ascii::equal_ignoring_case(version.str(), written_);
    case Operator::compatible:
      return version >= version_ && version.same_release_prefix(version_, version_.release_size() - 1);
    case Operator::equal: return equals(version);
    case Operator::not_equal: return !equals(version);
    case Operator::less_equal: return version.compare_public(version_) <= 0;
    case Operator::greater_equal: return version >= version_;
    case Operator::less: return is_below(version);
    case Operator::greater: return is_above(version);
  }
  return false;
}

bool Specifier::contains_text(std::string_view version) const {
  if (operator_ == Operator::arbitrary) return ascii::equal_ignoring_case(version, written_);
  const auto parsed = Version::parse(version);
  return parsed && contains(*parsed);
}

// "Version matching": a local part counts only where the specifier has one.
bool Specifier::equals(const Version& version) const {
  if (wildcard_) return version.same_release_prefix(version_, version_.release_size());
  if (version_.has_local()) return version == version_;
  return version.compare_public(version_) == 0;
}

// "Exclusive ordered comparison": `<V` leaves out the pre-releases of V unless V is one itself.
bool Specifier::is_below(const Version& version) const {
  if (!(version < version_)) return false;
  if (version_.is_prerelease() || !version.same_release(version_)) return true;
  if (!version_.is_postrelease()) return false;
  const Version::Parts parts = version.parts();
  return !parts.pre.empty() || parts.post != version_.parts().post;
}

// `>V` leaves out the local versions of V, and its post-releases unless V is one itself.
bool Specifier::is_above(const Version& version) const {
  if (version.compare_public(version_) <= 0) return false;
  const Version::Parts own = version_.parts();
  if (!own.post.empty() || !own.dev.empty()) return true;
  return !version.same_release(version_) || version.parts().pre != own.pre;
}

std::string Specifier::str() const { return std::string(kOperators[static_cast<std::size_t>(operator_)]) + written_; }

SpecifierSet SpecifierSet::parse(std::string_view text) {
  SpecifierSet set;
  for (const std::string_view piece : split(text, ',')) {
    if (ascii::stripped(piece).empty()) continue;
    auto specifier = Specifier::parse(piece);
    if (!specifier) {
      throw Error(quote(ascii::stripped(piece)) + " in " + quote(text) + " is not a version specifier",
                  "specifiers look like >=1.2, <2, ~=1.4, ==3.*, !=1.5 (PEP 440), with commas between them");
    }
    set.specifiers_.push_back(*std::move(specifier));
  }
  return set;
}

bool SpecifierSet::contains(const Version& version) const {
  return std::all_of(specifiers_.begin(), specifiers_.end(),
                     [&](const Specifier& specifier) { return specifier.contains(version); });
}

std::string SpecifierSet::str() const {
  std::vector<std::string> texts;
  for (const Specifier& specifier : specifiers_) texts.push_back(specifier.str());
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return join(texts, ",");
}

}  // namespace lambda_pack
