#include "runtime/target.hpp"

#include <string_view>

namespace lambda_pack {

namespace {

// abi3 begins with CPython 3.2 (PEP 384).
constexpr int kOldestAbi3Minor = 2;
// Stands for any patch that may ever come.
constexpr int kFarPatch = 999;

// The glibc minor of the oldest manylinux platform: 2.5 on x86_64 (PEP 513), 2.17 elsewhere (PEP 599).
int oldest_glibc_minor(Architecture architecture) { return architecture == Architecture::x86_64 ? 5 : 17; }

// The name that a manylinux platform had before PEP 600; empty when it had none.
std::string_view legacy_manylinux(int glibc_minor) {
  switch (glibc_minor) {
    case 17: return "manylinux2014";
    case 12: return "manylinux2010";
    case 5: return "manylinux1";
    default: return {};
  }
}

// The target's platform tags, best first. A plain `linux_*` wheel promises nothing about the glibc it needs, so it
// comes after those that do.
std::vector<std::string> platforms_of(const Target& target) {
  const std::string machine(machine_name(target.architecture));
  std::vector<std::string> platforms;
  for (int minor = target.runtime->glibc_minor; minor >= oldest_glibc_minor(target.architecture); --minor) {
    platforms.push_back("manylinux_2_" + std::to_string(minor) + "_" + machine);
    const std::string_view legacy = legacy_manylinux(minor);
    if (!legacy.empty()) platforms.push_back(std::string(legacy) + "_" + machine);
  }
  platforms.push_back("linux_" + machine);
  return platforms;
}

// "py312", "py3", then the older ones: "py311" … "py30".
std::vector<std::string> generic_interpreters(int minor) {
  std::vector<std::string> interpreters = {"py3" + std::to_string(minor), "py3"};
  for (int older = minor - 1; older >= 0; --older) interpreters.push_back("py3" + std::to_string(older));
  return interpreters;
}

void set_patch(MarkerEnvironment& environment, int patch) {
  environment.python_full_version = environment.python_version + "." + std::to_string(patch);
  environment.implementation_version = environment.python_full_version;
}

}  // namespace

std::string Target::str() const {
  if (machine) return "Python " + machine->python_full_version + " on this machine";
  const std::string machines = any_architecture ? "x86_64 and arm64" : std::string(lambda_name(architecture));
  return std::string(runtime->id) + " on " + machines;
}

// PEP 425 in the order of installers.
std::vector<Tag> compatible_tags(const Target& target) {
  std::vector<std::string> platforms;
  if (!target.any_architecture) platforms = platforms_of(target);
  std::vector<Tag> tags;
  const auto add = [&](const std::string& python, const std::string& abi) {
    for (const std::string& platform : platforms) tags.push_back({python, abi, platform});
  };

  const int minor = target.runtime->minor;
  const std::string cpython = "cp3" + std::to_string(minor);
  for (const std::string& abi : {cpython, std::string("abi3"), std::string("none")}) add(cpython, abi);
  for (int older = minor - 1; older >= kOldestAbi3Minor; --older) add("cp3" + std::to_string(older), "abi3");

  const std::vector<std::string> generic = generic_interpreters(minor);
  for (const std::string& python : generic) add(python, "none");
  tags.push_back({cpython, "none", "any"});
  for (const std::string& python : generic) tags.push_back({python, "none", "any"});
  return tags;
}

// platform_release and platform_version are the kernel's, which Lambda changes at will: they stay empty.
MarkerEnvironment marker_environment(const Target& target, int patch) {
  if (target.machine) return *target.machine;
  MarkerEnvironment environment;
  environment.os_name = "posix";
  environment.sys_platform = "linux";
  environment.platform_machine = machine_name(target.architecture);
  environment.platform_python_implementation = "CPython";
  environment.platform_system = "Linux";
  environment.implementation_name = "cpython";
  environment.python_version = "3." + std::to_string(target.runtime->minor);
  set_patch(environment, patch);
  return environment;
}

MarkerEnvironment marker_environment(const Target& target) {
  return marker_environment(target, target.runtime->newest_patch);
}

bool holds_on(const Marker& marker, const Target& target, const std::set<std::string>& extras, bool* depends_on_patch,
              const std::set<std::string>& groups) {
  if (marker.holds_everywhere()) return true;
  MarkerEnvironment environment = marker_environment(target);
  environment.extras = extras;
  environment.dependency_groups = groups;
  const bool with_newest = marker.evaluate(environment);
  if (target.machine) return with_newest;
  if (!marker.mentions("python_full_version") && !marker.mentions("implementation_version")) return with_newest;

  set_patch(environment, 0);
  const bool with_first = marker.evaluate(environment);
  set_patch(environment, kFarPatch);
  if (marker.evaluate(environment) == with_first) return with_first;
  if (depends_on_patch != nullptr) *depends_on_patch = true;
  return with_newest;
}

}  // namespace lambda_pack
