#include "bundle/verification.hpp"

#include "system/files.hpp"

namespace lambda_pack {

std::optional<DamagedFile> first_damaged(const std::vector<BundleWheel>& wheels, const VerifiedFiles& verified) {
  const auto is_verified = [&](const std::filesystem::path& file) {
    return !verified.empty() && verified.contains(file_identity(file));
  };
  for (const BundleWheel& wheel : wheels) {
    std::optional<DamagedFile> damaged;
    if (wheel.digest && !is_verified(wheel.path)) damaged = damage_of(wheel.path, *wheel.digest);
    if (!damaged && wheel.bytecode && !is_verified(wheel.bytecode->path)) damaged = damage_of(*wheel.bytecode);
    if (damaged) return damaged;
  }
  return std::nullopt;
}

std::optional<VerifiedFiles> verified_files(const std::vector<BundleWheel>& wheels) {
  VerifiedFiles files;  // before they are read: a change made meanwhile shows
  for (const BundleWheel& wheel : wheels) {
    files.insert(file_identity(wheel.path));
    if (wheel.bytecode) files.insert(file_identity(wheel.bytecode->path));
  }
  if (first_damaged(wheels)) return std::nullopt;
  return files;
}

void Verification::begin(const std::vector<BundleWheel>& wheels) {
  found_ = std::async(std::launch::async, [this, wheels] { return first_damaged(wheels, verified_); });
}

void Verification::finish() {
  if (!found_.valid()) return;
  if (const std::optional<DamagedFile> damaged = found_.get()) refuse(*damaged);
}

}  // namespace lambda_pack
