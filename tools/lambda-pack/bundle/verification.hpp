// Hashing the store's copies of wheels while something else is done.
#pragma once

#include <future>
#include <optional>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/stored_wheel.hpp"

namespace lambda_pack {

class Verification {
 public:
  // Begins, in a thread of its own, to hash every wheel of which the digest is known, and to check its bytecode.
  void begin(const std::vector<BundleWheel>& wheels);
  // Waits for it. Throws Error when a copy is damaged, which is removed, or cannot be read.
  void finish();

 private:
  std::future<std::optional<DamagedFile>> found_;
};

}  // namespace lambda_pack
