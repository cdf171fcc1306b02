#include "build/fit.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

std::string texts(const std::vector<Tag>& tags) {
  std::vector<std::string> result;
  for (const Tag& tag : tags) result.push_back(tag.str());
  return join(result);
}

// The two ways to miss: built for another Python, or for another system or machine.
std::string hint_for(const WheelName& wheel, const Target& target, const std::vector<Tag>& accepted) {
  std::set<std::string> platforms;
  for (const Tag& tag : accepted) platforms.insert(tag.platform);
  const auto has_platform = [&platforms](const Tag& tag) { return platforms.contains(tag.platform); };
  const std::string id(target.runtime->id);
  if (target.any_architecture) {
    return "a layer for both architectures holds no machine code: make one layer for each of the ARCHITECTURES, or "
           "leave " +
           wheel.name.str() + " out of it (DISTRIBUTIONS, PROVIDED)";
  }
  if (std::any_of(wheel.tags.begin(), wheel.tags.end(), has_platform)) {
    return "extension modules are for the Python that builds them: build with " + id + " (--python " + id +
           "), or choose the runtime that fits";
  }
  return "extension modules are for the machine that builds them: build on Linux on " +
         std::string(machine_name(target.architecture)) + ", or choose a version that has a wheel for it";
}

}  // namespace

void require_fit(const WheelName& wheel, const Target& target) {
  if (target.machine) return;
  const std::vector<Tag> accepted = compatible_tags(target);
  const std::set<Tag> lookup(accepted.begin(), accepted.end());
  const auto is_accepted = [&lookup](const Tag& tag) { return lookup.contains(tag); };
  if (std::any_of(wheel.tags.begin(), wheel.tags.end(), is_accepted)) return;
  const std::string interpreter = "cp3" + std::to_string(target.runtime->minor);
  const Tag native{interpreter, interpreter, "linux_" + std::string(machine_name(target.architecture))};
  throw Error("the wheel that was built, " + wheel.file_name + ", does not run on " + target.str() + ": it is for " +
                  texts(wheel.tags) + "; needed is a pure wheel" +
                  (target.any_architecture ? "" : " or " + native.str()),
              hint_for(wheel, target, accepted));
}

}  // namespace lambda_pack
