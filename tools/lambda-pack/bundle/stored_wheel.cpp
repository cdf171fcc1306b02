#include "bundle/stored_wheel.hpp"

#include "base/error.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

void refuse(const DamagedFile& damaged) {
  std::error_code ignored;
  fs::remove(damaged.path, ignored);
  throw Error("the stored copy of " + damaged.path.filename().string() + " is damaged: its SHA-256 is " +
                  damaged.found.hex() + ", it should be " + damaged.wanted.hex(),
              "the damaged copy was removed; build again to fetch it anew");
}

void require_undamaged(const BundleSource& source) {
  if (!source.digest) return;
  const Sha256 found = sha256_of_file(source.path);
  if (found != *source.digest) refuse({source.path, *source.digest, found});
}

}  // namespace lambda_pack
