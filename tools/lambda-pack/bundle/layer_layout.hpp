// Which folder of a layer each of its distributions goes to.
#pragma once

#include <string>
#include <vector>

#include "bundle/bundle.hpp"

namespace lambda_pack {

// A runtime's wheels, each with its digest.
struct RuntimeWheels {
  std::string runtime;  // "python3.12"
  std::vector<BundleWheel> wheels;
};

// The folder of a layer that every runtime looks into, and the one that a runtime alone does
// ("python/lib/python3.12/site-packages/"): https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
inline constexpr std::string_view kLayerFolder = "python/";
std::string layer_folder_of(std::string_view runtime);

// The wheels with their folders, sorted by name: what all runtimes share goes to `python/`, the rest to each runtime's
// own folder. Distributions that share a regular package (one with an `__init__.py`) stay together, since Python takes
// such a package from the first folder alone.
std::vector<BundleWheel> layer_layout(const std::vector<RuntimeWheels>& runtimes);

}  // namespace lambda_pack
