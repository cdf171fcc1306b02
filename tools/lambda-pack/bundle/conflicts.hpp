// What happens where two sources bring the same path.
#pragma once

#include <string>
#include <vector>

#include "bundle/bundle.hpp"

namespace lambda_pack {

// Takes `files`, sorted by path (in the order of the sources where paths are equal), and leaves one file a path, or
// throws Error as make_bundle describes.
void resolve_conflicts(const Bundle& bundle, std::vector<BundleFile>& files, std::vector<std::string>& warnings);

}  // namespace lambda_pack
