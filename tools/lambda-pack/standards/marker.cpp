#include "standards/marker.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"
#include "standards/marker_node.hpp"

namespace lambda_pack {

namespace {

// The environment's value of a variable that has one text.
const std::string& value_of(MarkerVariable variable, const MarkerEnvironment& environment) {
  switch (variable) {
    case MarkerVariable::os_name: return environment.os_name;
    case MarkerVariable::sys_platform: return environment.sys_platform;
    case MarkerVariable::platform_machine: return environment.platform_machine;
    case MarkerVariable::platform_python_implementation: return environment.platform_python_implementation;
    case MarkerVariable::platform_release: return environment.platform_release;
    case MarkerVariable::platform_system: return environment.platform_system;
    case MarkerVariable::platform_version: return environment.platform_version;
    case MarkerVariable::python_version: return environment.python_version;
    case MarkerVariable::python_full_version: return environment.python_full_version;
    case MarkerVariable::implementation_name: return environment.implementation_name;
    case MarkerVariable::implementation_version: return environment.implementation_version;
    case MarkerVariable::extra:
    case MarkerVariable::extras:
    case MarkerVariable::dependency_groups: break;
  }
  throw std::logic_error("a marker variable that is a set has no single value");
}

std::string comparison_text(const MarkerComparison& comparison) {
  const char delimiter = comparison.literal.find('"') == std::string::npos ? '"' : '\'';
  const std::string literal = delimiter + comparison.literal + delimiter;
  const std::string variable(name_of(comparison.variable)), op(symbol_of(comparison.op));
  return join(comparison.reversed ? std::vector{literal, op, variable} : std::vector{variable, op, literal}, " ");
}

// Texts have no order: `<` and `>` never hold, `<=` and `>=` hold for equal texts.
bool compare_texts(std::string_view left, std::string_view right, const MarkerComparison& comparison) {
  switch (comparison.op) {
    case MarkerOperator::equal:
    case MarkerOperator::less_equal:
    case MarkerOperator::greater_equal: return left == right;
    case MarkerOperator::not_equal: return left != right;
    case MarkerOperator::less:
    case MarkerOperator::greater: return false;
    case MarkerOperator::in: return right.find(left) != std::string_view::npos;
    case MarkerOperator::not_in: return right.find(left) == std::string_view::npos;
    case MarkerOperator::arbitrary:
    case MarkerOperator::compatible: break;
  }
  throw Error("the marker " + quote(comparison_text(comparison)) + " compares versions, but " + quote(left) + " and " +
                  quote(right) + " are not a version and a specifier of one",
              "~= and === compare versions; compare other texts by == or !=");
}

bool compare_with(std::string_view value, const MarkerComparison& comparison) {
  return comparison.reversed ? compare_texts(comparison.literal, value, comparison)
                             : compare_texts(value, comparison.literal, comparison);
}

// PEP 508 knows one extra at a time: with several, one that fits is enough, and a negation must hold for each of
// them. Without any the variable is empty.
bool holds_for_extras(const MarkerComparison& comparison, const std::set<std::string>& extras) {
  if (extras.empty()) return compare_with("", comparison);
  const auto fits = [&](const std::string& extra) { return compare_with(extra, comparison); };
  const bool negation = comparison.op == MarkerOperator::not_equal || comparison.op == MarkerOperator::not_in;
  return negation ? std::all_of(extras.begin(), extras.end(), fits) : std::any_of(extras.begin(), extras.end(), fits);
}

// `"name" in set` and its negation (PEP 751).
bool holds_for_set(const MarkerComparison& comparison, const std::set<std::string>& names) {
  return (names.count(comparison.literal) != 0) == (comparison.op == MarkerOperator::in);
}

bool holds(const MarkerComparison& comparison, const MarkerEnvironment& environment) {
  switch (comparison.variable) {
    case MarkerVariable::extra: return holds_for_extras(comparison, environment.extras);
    case MarkerVariable::extras: return holds_for_set(comparison, environment.extras);
    case MarkerVariable::dependency_groups: return holds_for_set(comparison, environment.dependency_groups);
    default: break;
  }
  const std::string& value = value_of(comparison.variable, environment);
  if (comparison.specifier) return comparison.specifier->contains_text(value);
  if (comparison.reversed && is_version_variable(comparison.variable)) {
    const auto specifier = Specifier::parse(std::string(symbol_of(comparison.op)) + value);
    if (specifier) return specifier->contains_text(comparison.literal);
  }
  return compare_with(value, comparison);
}

bool holds(const Marker::Node& node, const MarkerEnvironment& environment) {
  if (node.alternatives.empty()) return holds(node.comparison, environment);
  return std::any_of(node.alternatives.begin(), node.alternatives.end(), [&](const auto& conjunction) {
    return std::all_of(conjunction.begin(), conjunction.end(),
                       [&](const Marker::Node& part) { return holds(part, environment); });
  });
}

bool mentions(const Marker::Node& node, std::string_view variable) {
  if (node.alternatives.empty()) return name_of(node.comparison.variable) == variable;
  return std::any_of(node.alternatives.begin(), node.alternatives.end(), [&](const auto& conjunction) {
    return std::any_of(conjunction.begin(), conjunction.end(),
                       [&](const Marker::Node& part) { return mentions(part, variable); });
  });
}

// Groups within others keep their parentheses.
std::string text_of(const Marker::Node& node, bool outermost) {
  if (node.alternatives.empty()) return comparison_text(node.comparison);
  std::vector<std::string> alternatives;
  for (const auto& conjunction : node.alternatives) {
    std::vector<std::string> parts;
    for (const Marker::Node& part : conjunction) parts.push_back(text_of(part, false));
    alternatives.push_back(join(parts, " and "));
  }
  const std::string text = join(alternatives, " or ");
  return outermost ? text : "(" + text + ")";
}

}  // namespace

bool is_version_variable(MarkerVariable variable) {
  return variable == MarkerVariable::python_version || variable == MarkerVariable::python_full_version ||
         variable == MarkerVariable::implementation_version || variable == MarkerVariable::platform_release;
}

Marker Marker::parse(std::string_view text) {
  Marker marker;
  text = ascii::stripped(text);
  if (!text.empty()) marker.root_ = parse_marker_tree(text);
  return marker;
}

bool Marker::evaluate(const MarkerEnvironment& environment) const { return !root_ || holds(*root_, environment); }

bool Marker::mentions(std::string_view variable) const { return root_ && lambda_pack::mentions(*root_, variable); }

std::string Marker::str() const { return root_ ? text_of(*root_, true) : std::string(); }

}  // namespace lambda_pack
