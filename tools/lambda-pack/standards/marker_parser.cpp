// Markers as text (packaging.python.org "Dependency specifiers", the grammar from `marker` downwards).
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"
#include "standards/distribution_name.hpp"
#include "standards/marker_node.hpp"

namespace lambda_pack {

namespace {

// Real markers nest three deep; the limit keeps hostile ones from exhausting the stack.
constexpr int kDeepest = 100;

struct LegacyName {
  std::string_view name;
  MarkerVariable variable;
};

// PEP 345's names, and the one that setuptools had before PEP 508.
constexpr LegacyName kLegacyNames[] = {
    {"os.name", MarkerVariable::os_name},
    {"sys.platform", MarkerVariable::sys_platform},
    {"platform.version", MarkerVariable::platform_version},
    {"platform.machine", MarkerVariable::platform_machine},
    {"platform.python_implementation", MarkerVariable::platform_python_implementation},
    {"python_implementation", MarkerVariable::platform_python_implementation}};

std::optional<MarkerVariable> variable_named(std::string_view name) {
  const auto current = std::find(kMarkerVariables.begin(), kMarkerVariables.end(), name);
  if (current != kMarkerVariables.end()) return static_cast<MarkerVariable>(current - kMarkerVariables.begin());
  for (const LegacyName& legacy : kLegacyNames) {
    if (legacy.name == name) return legacy.variable;
  }
  return std::nullopt;
}

bool is_set(MarkerVariable variable) {
  return variable == MarkerVariable::extras || variable == MarkerVariable::dependency_groups;
}

bool is_name_part(char c) { return ascii::is_word(c) || c == '.'; }

// One side of a comparison.
struct Operand {
  std::optional<MarkerVariable> variable;
  std::string_view literal;  // meant when there is no variable
};

class MarkerParser {
 public:
  explicit MarkerParser(std::string_view text) : text_(text), in_(text) {}

  Marker::Node parse() {
    Marker::Node root = parse_alternatives();
    if (!in_.at_end()) fail("expected \"and\", \"or\" or the end");
    return root;
  }

 private:
  // `atom ((and | or) atom)*`, where `and` binds tighter. A single atom stands for itself.
  Marker::Node parse_alternatives() {
    Marker::Node group;
    group.alternatives.emplace_back().push_back(parse_atom());
    for (;;) {
      if (take_word("or")) {
        group.alternatives.emplace_back();
      } else if (!take_word("and")) {
        break;
      }
      group.alternatives.back().push_back(parse_atom());
    }
    if (group.alternatives.size() > 1 || group.alternatives.front().size() > 1) return group;
    return std::move(group.alternatives.front().front());
  }

  // A comparison, or a marker in parentheses, with the blanks around it.
  Marker::Node parse_atom() {
    in_.skip_blanks();
    Marker::Node node;
    if (in_.take("(")) {
      if (++depth_ > kDeepest) fail("its parentheses nest too deep");
      node = parse_alternatives();
      if (!in_.take(")")) fail("expected \"and\", \"or\" or \")\"");
      --depth_;
    } else {
      node.comparison = parse_comparison();
    }
    in_.skip_blanks();
    return node;
  }

  MarkerComparison parse_comparison() {
    const std::size_t begin = in_.position();
    const Operand left = parse_operand();
    in_.skip_blanks();
    const MarkerOperator op = parse_operator();
    in_.skip_blanks();
    const Operand right = parse_operand();
    if (left.variable.has_value() == right.variable.has_value()) {
      in_.move_to(begin);
      fail("one side must be a variable and the other a quoted text");
    }
    MarkerComparison comparison;
    comparison.reversed = right.variable.has_value();
    comparison.variable = comparison.reversed ? *right.variable : *left.variable;
    comparison.op = op;
    comparison.literal = comparison.reversed ? left.literal : right.literal;
    complete(comparison, begin);
    return comparison;
  }

  // What can be decided about the comparison before any environment is known.
  void complete(MarkerComparison& comparison, std::size_t begin) {
    if (is_set(comparison.variable)) {
      const bool membership = comparison.op == MarkerOperator::in || comparison.op == MarkerOperator::not_in;
      if (!comparison.reversed || !membership) {
        in_.move_to(begin);
        const std::string name(name_of(comparison.variable));
        fail(name + " is a set and only takes the form \"name\" in " + name);
      }
    }
    if (is_set(comparison.variable) || comparison.variable == MarkerVariable::extra) {
      comparison.literal = normalize_name(comparison.literal);
    }
    if (is_version_variable(comparison.variable) && !comparison.reversed) {
      comparison.specifier = Specifier::parse(std::string(symbol_of(comparison.op)) + comparison.literal);
    }
  }

  Operand parse_operand() {
    for (const char delimiter : {'"', '\''}) {
      if (in_.peek() == delimiter) return {.variable = std::nullopt, .literal = parse_literal(delimiter)};
    }
    const std::size_t begin = in_.position();
    const std::string_view name = in_.take_while(is_name_part);
    if (const auto variable = variable_named(name)) return {.variable = variable, .literal = {}};
    in_.move_to(begin);
    if (name.empty()) fail("expected a variable or a quoted text");
    fail(quote(name) + " is no marker variable");
  }

  // PEP 508's python_str: no escapes, one line.
  std::string_view parse_literal(char delimiter) {
    in_.take_one([delimiter](char c) { return c == delimiter; });
    const std::string_view literal =
        in_.take_while([delimiter](char c) { return c != delimiter && c != '\\' && c != '\n' && c != '\r'; });
    if (!in_.take_one([delimiter](char c) { return c == delimiter; })) {
      fail(in_.at_end() ? "the quoted text has no end" : "a quoted text must not hold this character");
    }
    return literal;
  }

  MarkerOperator parse_operator() {
    if (take_word("in")) return MarkerOperator::in;
    if (take_word("not")) {
      if (!ascii::is_blank(in_.peek())) fail("expected \"in\" after \"not\"");
      in_.skip_blanks();
      if (!take_word("in")) fail("expected \"in\" after \"not\"");
      return MarkerOperator::not_in;
    }
    for (std::size_t i = 0; i < kMarkerOperators.size(); ++i) {
      if (ascii::is_letter(kMarkerOperators[i].front())) continue;  // words end where words end
      if (in_.take(kMarkerOperators[i])) return static_cast<MarkerOperator>(i);
    }
    fail("expected one of <, <=, ==, !=, >=, >, ~=, ===, in, not in");
  }

  bool take_word(std::string_view word) {
    const std::size_t begin = in_.position();
    if (in_.take_while(is_name_part) == word) return true;
    in_.move_to(begin);
    return false;
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(
        "the marker " + quote(text_) + " is malformed at column " + std::to_string(in_.position() + 1) + ": " + problem,
        "markers look like: python_version < \"3.12\" and sys_platform == \"linux\" (PEP 508)");
  }

  std::string_view text_;
  Cursor in_;
  int depth_ = 0;
};

}  // namespace

std::shared_ptr<const Marker::Node> parse_marker_tree(std::string_view text) {
  return std::make_shared<const Marker::Node>(MarkerParser(text).parse());
}

}  // namespace lambda_pack
