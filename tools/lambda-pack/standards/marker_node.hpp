// The tree that a marker is parsed into: internal to this room.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "standards/marker.hpp"
#include "standards/specifier.hpp"

namespace lambda_pack {

// In the order of kMarkerVariables.
enum class MarkerVariable {
  os_name,
  sys_platform,
  platform_machine,
  platform_python_implementation,
  platform_release,
  platform_system,
  platform_version,
  python_version,
  python_full_version,
  implementation_name,
  implementation_version,
  extra,
  extras,
  dependency_groups
};

inline constexpr std::array<std::string_view, 14> kMarkerVariables = {"os_name",
                                                                      "sys_platform",
                                                                      "platform_machine",
                                                                      "platform_python_implementation",
                                                                      "platform_release",
                                                                      "platform_system",
                                                                      "platform_version",
                                                                      "python_version",
                                                                      "python_full_version",
                                                                      "implementation_name",
                                                                      "implementation_version",
                                                                      "extra",
                                                                      "extras",
                                                                      "dependency_groups"};

// In the order of kMarkerOperators, where an operator stands before the ones that begin it.
enum class MarkerOperator {
  arbitrary,
  equal,
  compatible,
  not_equal,
  less_equal,
  greater_equal,
  less,
  greater,
  in,
  not_in
};

inline constexpr std::array<std::string_view, 10> kMarkerOperators = {
    "===", "==", "~=", "!=", "<=", ">=", "<", ">", "in", "not in"};

inline std::string_view name_of(MarkerVariable variable) {
  return kMarkerVariables[static_cast<std::size_t>(variable)];
}
inline std::string_view symbol_of(MarkerOperator op) { return kMarkerOperators[static_cast<std::size_t>(op)]; }

// A variable beside a literal.
struct MarkerComparison {
  MarkerVariable variable = MarkerVariable::os_name;
  MarkerOperator op = MarkerOperator::equal;
  std::string literal;                 // normalised where it is the name of an extra or a group
  bool reversed = false;               // the literal stands on the left
  std::optional<Specifier> specifier;  // operator and literal as a specifier, where both can be read so
};

// A comparison, or alternatives of which one must hold; an alternative holds when all of its nodes do.
struct Marker::Node {
  MarkerComparison comparison;
  std::vector<std::vector<Node>> alternatives;  // empty: the node is a comparison
};

// Whether the values of the variable are versions.
bool is_version_variable(MarkerVariable variable);

// The tree of a marker that neither is blank nor has space around it; throws Error as Marker::parse does.
std::shared_ptr<const Marker::Node> parse_marker_tree(std::string_view text);

}  // namespace lambda_pack
