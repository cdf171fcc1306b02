// The environment a package is made for: a runtime on an architecture, or on all of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/runtime.hpp"
#include "standards/marker.hpp"
#include "standards/tags.hpp"

namespace lambda_pack {

struct Target {
  const Runtime* runtime;  // a row of known_runtimes(), never null
  Architecture architecture;
  // What an interpreter of this machine answered when it was asked for its markers: then the target is that
  // interpreter instead of Lambda, and the runtime is only the one that it stands for.
  std::shared_ptr<const MarkerEnvironment> machine = nullptr;
  // Only what runs on every architecture fits: wheels without machine code. `architecture` decides markers alone.
  bool any_architecture = false;

  std::string str() const;  // "python3.12 on arm64", "python3.12 on x86_64 and arm64", "Python 3.12.1 on this machine"
};

// The tags a wheel may have to run on Lambda, best first: what `packaging.tags.sys_tags()` yields on the
// target itself (glibc platforms descending, each followed by its legacy alias, then linux_*, then any).
std::vector<Tag> compatible_tags(const Target& target);

// Marker values on the target. Of Lambda, the patch version is not known before Lambda chooses it: `patch` stands in.
MarkerEnvironment marker_environment(const Target& target, int patch);
MarkerEnvironment marker_environment(const Target& target);  // with the newest patch known

// Whether the marker holds on the target (PEP 751: its `extras` and `dependency_groups` as well). Where patches 0 and
// 999 disagree the newest known decides, and `*depends_on_patch`, when given, becomes true.
bool holds_on(const Marker& marker, const Target& target, const std::set<std::string>& extras,
              bool* depends_on_patch = nullptr, const std::set<std::string>& groups = {});

}  // namespace lambda_pack
