// Unpacking archives to a folder, through libarchive. The only header here whose library is slow to load (1.8 ms):
// in the library lambda_pack_unpack, which only the full program links.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive_path.hpp"

namespace lambda_pack {

// A file of the archive that is wanted, and where.
struct UnpackItem {
  std::string entry;                  // its name in the archive
  std::filesystem::path destination;  // written beside and renamed; parent folders exist
  bool executable = false;            // 0755, else 0644
};

// Unpacks the listed files of the zip `archive`. Throws Error naming the archive and the entry.
void unpack_items(const std::filesystem::path& archive, std::vector<UnpackItem> items);

// Unpacks a whole sdist (.tar.gz, .zip, .tar.bz2, .tar.xz) below `folder` with libarchive's SECURE_* flags, no
// owner, no special files. Returns its single top folder. Throws Error naming the archive and the entry.
std::filesystem::path unpack_sdist(const std::filesystem::path& archive, const std::filesystem::path& folder);

}  // namespace lambda_pack
