// File names of wheels and sdists (packaging.python.org "Binary distribution format" and "Source distribution
// format").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "standards/distribution_name.hpp"
#include "standards/tags.hpp"
#include "standards/version.hpp"

namespace lambda_pack {

// `{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl`
struct WheelName {
  std::string file_name;
  DistributionName name;
  Version version;
  std::pair<std::uint64_t, std::string> build;  // (0, "") without a build tag
  std::vector<Tag> tags;

  // Nothing when the name is no wheel's. Names with dots or capitals, as old wheels carry them, are read.
  static std::optional<WheelName> parse(std::string_view file_name);
};

// The name and version in `{name}-{version}.tar.gz` or `.zip`; old sdists put unnormalised names there, so the
// distribution's name is given and only the version is found. Nothing when it is no sdist of that distribution.
std::optional<Version> sdist_version(std::string_view file_name, const DistributionName& name);

}  // namespace lambda_pack
