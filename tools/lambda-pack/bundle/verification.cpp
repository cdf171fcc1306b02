#include "bundle/verification.hpp"

#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

using Stored = std::vector<StoredBytecode>;

Stored stored_files(const std::vector<BundleWheel>& wheels) {
  Stored files;
  for (const BundleWheel& wheel : wheels) {
    if (wheel.digest) files.push_back({wheel.path, *wheel.digest});
    if (wheel.bytecode) files.push_back(*wheel.bytecode);
  }
  return files;
}

// Leaves it where it is, so that who reads it meanwhile is told that it is damaged, not that it is gone.
std::optional<DamagedFile> first_damaged(const Stored& files) {
  for (const StoredBytecode& file : files) {
    const Sha256 found = sha256_of_file(file.path);
    if (found != file.digest) return DamagedFile{file.path, file.digest, found};
  }
  return std::nullopt;
}

}  // namespace

void Verification::begin(const std::vector<BundleWheel>& wheels) {
  found_ = std::async(std::launch::async, [files = stored_files(wheels)] { return first_damaged(files); });
}

void Verification::finish() {
  if (!found_.valid()) return;
  if (const std::optional<DamagedFile> damaged = found_.get()) refuse(*damaged);
}

}  // namespace lambda_pack
