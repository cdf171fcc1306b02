// What to do about a wheel in the store that is not what it was.
#pragma once

#include <filesystem>

#include "base/sha256.hpp"
#include "bundle/bundle.hpp"

namespace lambda_pack {

struct DamagedFile {
  std::filesystem::path path;
  Sha256 wanted, found;
};

// Removes the file, so that the next build fetches it anew. Throws Error that says so.
[[noreturn]] void refuse(const DamagedFile& damaged);

// Hashes the source's file when its digest is known, and refuses another one.
void require_undamaged(const BundleSource& source);

}  // namespace lambda_pack
