// What to do about a wheel in the store that is not what it was.
#pragma once

#include "bundle/bundle.hpp"

namespace lambda_pack {

// Hashes the source's file when its digest is known. A file with another one is removed, so that the next build fetches
// it anew. Throws Error that says so.
void require_undamaged(const BundleSource& source);

}  // namespace lambda_pack
