#include "standards/requirement.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"

namespace lambda_pack {

namespace {

// PEP 508's grammar from `specification` downwards; markers and specifiers are read by their own parsers.
class RequirementParser {
 public:
  explicit RequirementParser(std::string_view text) : in_(ascii::stripped(text)) {}

  Requirement parse() {
    Requirement requirement;
    requirement.name = DistributionName(take_identifier("the name of a distribution"));
    in_.skip_blanks();
    if (in_.take("[")) requirement.extras = parse_extras();
    in_.skip_blanks();
    if (in_.take("@")) {
      requirement.url = parse_url();
    } else {
      requirement.specifiers = parse_specifiers();
    }
    in_.skip_blanks();
    if (in_.take(";")) {
      in_.skip_blanks();
      if (in_.at_end()) fail("expected a marker after \";\"");
      requirement.marker = Marker::parse(in_.rest());
    } else if (!in_.at_end()) {
      fail("expected a version specifier, \";\" or the end");
    }
    return requirement;
  }

 private:
  // A name ends with a letter, a digit or `_`; separators behind it are not part of it.
  std::string_view take_identifier(std::string_view expected) {
    const std::size_t begin = in_.position();
    std::string_view name;
    if (ascii::is_alphanumeric(in_.peek())) {
      name = in_.take_while([](char c) { return ascii::is_alphanumeric(c) || ascii::is_separator(c); });
      name = name.substr(0, name.find_last_not_of("-.") + 1);
      in_.move_to(begin + name.size());
    }
    if (name.empty()) fail("expected " + std::string(expected));
    return name;
  }

  // What follows `[`: names with commas between them, or nothing, and `]`.
  std::set<std::string> parse_extras() {
    std::set<std::string> extras;
    in_.skip_blanks();
    if (in_.take("]")) return extras;
    for (;;) {
      extras.insert(normalize_name(take_identifier("the name of an extra")));
      in_.skip_blanks();
      if (in_.take("]")) return extras;
      if (!in_.take(",")) fail("expected \",\" or \"]\" after the name of an extra");
      in_.skip_blanks();
    }
  }

  // A URL ends at the first blank, so that a `;` behind it belongs to a marker only after a blank.
  std::string parse_url() {
    in_.skip_blanks();
    const std::string_view url = in_.take_while([](char c) { return !ascii::is_blank(c); });
    if (url.empty()) fail("expected a URL after \"@\"");
    return std::string(url);
  }

  // Specifiers up to a marker or the end, with or without parentheses around them.
  SpecifierSet parse_specifiers() {
    const bool parentheses = in_.take("(");
    const std::string_view rest = in_.rest();
    const std::size_t end = parentheses ? rest.find(')') : std::min(rest.find(';'), rest.size());
    if (end == std::string_view::npos) fail("expected \")\" after the version specifiers");
    const std::string_view specifiers = rest.substr(0, end);
    check_commas(specifiers);
    SpecifierSet set = SpecifierSet::parse(specifiers);
    in_.move_to(in_.position() + end + (parentheses ? 1 : 0));
    return set;
  }

  // A comma may stand at the end, but not before or after nothing.
  void check_commas(std::string_view specifiers) const {
    const auto pieces = split(specifiers, ',');
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      if (ascii::stripped(pieces[i]).empty()) fail("expected a version specifier before \",\"");
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(problem + " at column " + std::to_string(in_.position() + 1),
                "requirements look like: name[extra] >=1.2,<2 ; python_version < \"3.12\" (PEP 508)");
  }

  Cursor in_;
};

}  // namespace

Requirement Requirement::parse(std::string_view text) {
  try {
    return RequirementParser(text).parse();
  } catch (const Error& error) {
    throw Error("the requirement " + quote(text) + " is malformed: " + error.what(), error.hint());
  }
}

}  // namespace lambda_pack
