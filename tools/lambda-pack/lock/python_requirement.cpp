#include "lock/python_requirement.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/specifier.hpp"

namespace lambda_pack {
namespace {

// CPython releases of one minor that could exist: 3.8 and 3.9 ended near 3.8.20 and 3.9.25.
constexpr int kMostPatches = 50;

bool admits(const SpecifierSet& specifiers, const Target& target) {
  if (target.machine) return specifiers.contains(Version::require(target.machine->python_full_version));
  for (int patch = kMostPatches; patch >= 0; --patch) {
    if (specifiers.contains(Version::require(fmt::format("3.{}.{}", target.runtime->minor, patch)))) return true;
  }
  return false;
}

}  // namespace

void require_python(const std::string& specifiers, const Target& target, const std::string& file,
                    const std::string& remedy) {
  if (trimmed(specifiers).empty()) return;
  SpecifierSet parsed;
  try {
    parsed = SpecifierSet::parse(specifiers);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: requires-python: {}", file, error.what()), error.hint());
  }
  if (admits(parsed, target)) return;
  throw Error(fmt::format("{} is for Python {}, which excludes {}", file, quote(specifiers), target.str()), remedy);
}

}  // namespace lambda_pack
