// Environment markers (PEP 508, packaging.python.org "Dependency specifiers").
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace lambda_pack {

// The values that marker variables have in one target environment.
struct MarkerEnvironment {
  std::string os_name, sys_platform, platform_machine, platform_python_implementation, platform_release,
      platform_system, platform_version, python_version, python_full_version, implementation_name,
      implementation_version;
  std::set<std::string> extras;             // normalised; `extra == "x"` holds when x is one of them
  std::set<std::string> dependency_groups;  // normalised; PEP 751's variable of that name
};

// A parsed marker. Cheap to copy.
class Marker {
 public:
  Marker() = default;  // holds everywhere
  // Throws Error naming the text and the place that is wrong. A blank text holds everywhere. The legacy names
  // (`os.name`, `sys.platform`, `platform.machine`, `platform.python_implementation`, `python_implementation`) are
  // read as well.
  static Marker parse(std::string_view text);

  // Version comparison where the variable is a version and the other side is a valid specifier, string comparison
  // otherwise, as `packaging.markers` does.
  bool evaluate(const MarkerEnvironment& environment) const;
  bool holds_everywhere() const { return root_ == nullptr; }
  // Whether the marker mentions `variable`.
  bool mentions(std::string_view variable) const;
  std::string str() const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace lambda_pack
