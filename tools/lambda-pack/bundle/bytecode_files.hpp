// Bytecode beside the modules of a bundle. Private to this room.
#pragma once

#include <functional>

#include "bundle/bundle.hpp"

namespace lambda_pack {

// Adds, for every module that is in the bundle, the bytecode of the wheel that it comes from, or what request.compile
// makes of it; but for those paths that something else has, or that are left out. Keeps the files sorted.
void add_bytecode(Bundle& bundle, const BundleRequest& request,
                  const std::function<bool(const ArchivePath&)>& is_excluded);

}  // namespace lambda_pack
