#include "bundle/stored_wheel.hpp"

#include <fmt/format.h>

#include "archive/deflate.hpp"
#include "base/error.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

std::optional<DamagedFile> damage_of(const fs::path& wheel, const Sha256& wanted) {
  const Sha256 found = sha256_of_file(wheel);
  if (found == wanted) return std::nullopt;
  return DamagedFile{wheel, "SHA-256", found.hex(), wanted.hex()};
}

std::optional<DamagedFile> damage_of(const StoredBytecode& bytecode) {
  const std::uint32_t found = crc32_of(MappedFile(bytecode.path).bytes());
  if (found == bytecode.crc32) return std::nullopt;
  return DamagedFile{bytecode.path, "CRC-32", fmt::format("{:08x}", found), fmt::format("{:08x}", bytecode.crc32)};
}

void refuse(const DamagedFile& damaged) {
  std::error_code ignored;
  fs::remove(damaged.path, ignored);
  throw Error(fmt::format("the stored copy of {} is damaged: its {} is {}, it should be {}",
                          damaged.path.filename().string(), damaged.check, damaged.found, damaged.wanted),
              "the damaged copy was removed; build again to fetch it anew");
}

void require_undamaged(const BundleSource& source) {
  if (!source.digest) return;
  if (const auto damaged = damage_of(source.path, *source.digest)) refuse(*damaged);
}

}  // namespace lambda_pack
