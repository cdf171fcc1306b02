// What to do about a wheel in the store that is not what it was.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/sha256.hpp"
#include "bundle/bundle.hpp"

namespace lambda_pack {

struct DamagedFile {
  std::filesystem::path path;
  std::string check, found, wanted;  // "SHA-256", and what it is and should be
};

// Reads the file; nothing when it is what it should be. Throws Error when it cannot be read.
std::optional<DamagedFile> damage_of(const std::filesystem::path& wheel, const Sha256& wanted);
std::optional<DamagedFile> damage_of(const StoredBytecode& bytecode);

// Removes the file, so that the next build fetches or makes it anew. Throws Error that says so.
[[noreturn]] void refuse(const DamagedFile& damaged);

// Refuses the source's file when its digest is known and another one.
void require_undamaged(const BundleSource& source);

}  // namespace lambda_pack
