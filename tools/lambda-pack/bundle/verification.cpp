#include "bundle/verification.hpp"

namespace lambda_pack {
namespace {

// Leaves it where it is, so that who reads it meanwhile is told that it is damaged, not that it is gone.
std::optional<DamagedFile> first_damaged(const std::vector<BundleWheel>& wheels) {
  for (const BundleWheel& wheel : wheels) {
    auto damaged = wheel.digest ? damage_of(wheel.path, *wheel.digest) : std::nullopt;
    if (!damaged && wheel.bytecode) damaged = damage_of(*wheel.bytecode);
    if (damaged) return damaged;
  }
  return std::nullopt;
}

}  // namespace

void Verification::begin(const std::vector<BundleWheel>& wheels) {
  found_ = std::async(std::launch::async, [wheels] { return first_damaged(wheels); });
}

void Verification::finish() {
  if (!found_.valid()) return;
  if (const std::optional<DamagedFile> damaged = found_.get()) refuse(*damaged);
}

}  // namespace lambda_pack
