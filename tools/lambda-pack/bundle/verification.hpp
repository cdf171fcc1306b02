// Hashing the store's copies of wheels while something else is done.
#pragma once

#include <future>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/stored_wheel.hpp"

namespace lambda_pack {

// Files that were hashed and found to be what they should be: their identities then, see file_identity.
using VerifiedFiles = std::set<std::string>;

// The first wheel of those whose digest is known that is not what it should be, or the first bytecode of one; files
// that are still the verified ones are not read. Left where it is, so that who reads it meanwhile is told that it is
// damaged, not that it is gone. Throws Error when one cannot be read.
std::optional<DamagedFile> first_damaged(const std::vector<BundleWheel>& wheels, const VerifiedFiles& verified = {});

class Verification {
 public:
  explicit Verification(VerifiedFiles verified = {}) : verified_(std::move(verified)) {}

  // Begins, in a thread of its own, to hash every wheel of which the digest is known, and to check its bytecode.
  void begin(const std::vector<BundleWheel>& wheels);
  // Waits for it. Throws Error when a copy is damaged, which is removed, or cannot be read.
  void finish();

 private:
  VerifiedFiles verified_;
  std::future<std::optional<DamagedFile>> found_;
};

}  // namespace lambda_pack
