// Patterns for files of the task root, as EXCLUDE takes them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

// A pattern over `/`-separated paths relative to the task root: `*` and `?` stay inside one part, a part `**` spans any
// number of parts, `[…]` and `[!…]` are sets of characters. A pattern that matches a folder matches everything below
// it; `a/**` means what is below `a`, not a file `a`.
class Glob {
 public:
  // Throws Error that quotes the pattern: empty, absolute, `..`, an open `[`.
  explicit Glob(std::string_view pattern);

  bool matches(std::string_view path) const;
  const std::string& str() const noexcept { return pattern_; }

 private:
  std::string pattern_;
  std::vector<std::string> parts_;
};

}  // namespace lambda_pack
