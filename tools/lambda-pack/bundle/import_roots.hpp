// The folders from which Python imports packages.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/layers.hpp"

namespace lambda_pack {

// The packages directly below any of the folders ("" or with a slash at their ends), by name, and whether each is a
// regular one, which Python takes from the first folder alone: one that has an `__init__.py` which does not look for
// further folders (as pkgutil.extend_path does).
std::map<std::string, bool> import_roots(const Bundle& bundle, const std::vector<std::string>& folders);

// Warns of packages of which a part is in the bundle and a part in a layer, where Python would see one part only.
void check_split_packages(const Bundle& bundle, const Layers& layers, std::vector<std::string>& warnings);

}  // namespace lambda_pack
