#include "bundle/stored_wheel.hpp"

#include "base/error.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

void require_undamaged(const BundleSource& source) {
  if (!source.digest) return;
  const Sha256 found = sha256_of_file(source.path);
  if (found == *source.digest) return;
  std::error_code ignored;
  fs::remove(source.path, ignored);
  throw Error("the stored copy of " + source.path.filename().string() + " is damaged: its SHA-256 is " + found.hex() +
                  ", it should be " + source.digest->hex(),
              "the damaged copy was removed; build again to fetch it anew");
}

}  // namespace lambda_pack
