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

// The first of the wheels, or of their bytecode, that is not what it should be; what is still a verified file, or has
// no digest, is not read. It is left where it is, so that who reads it meanwhile is told that it is damaged, not that
// it is gone. Throws Error when one cannot be read.
std::optional<DamagedFile> first_damaged(const std::vector<BundleWheel>& wheels, const VerifiedFiles& verified = {});

// All of them, or nothing when one is damaged. Throws Error when one cannot be read.
std::optional<VerifiedFiles> verified_files(const std::vector<BundleWheel>& wheels);

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
