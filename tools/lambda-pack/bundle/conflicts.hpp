// What happens where two sources bring the same path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.hpp"

namespace lambda_pack {

// Takes `files`, sorted by path (in the order of the sources where paths are equal), and leaves one file a path, or
// throws Error as make_bundle describes.
void resolve_conflicts(const Bundle& bundle, std::vector<BundleFile>& files, std::vector<std::string>& warnings);

// Whether this text of an `__init__.py` makes its package one of several folders: pkgutil's way, or pkg_resources'.
bool extends_path(std::string_view init);

}  // namespace lambda_pack
