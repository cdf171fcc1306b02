// Compatibility tags (PEP 425 and its successors).
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

struct Tag {
  std::string python, abi, platform;  // lower case

  std::string str() const;  // `cp312-cp312-manylinux_2_17_x86_64`
  auto operator<=>(const Tag&) const = default;
};

// The tags of a compressed set such as `py2.py3-none-any`, in the order of `packaging.tags.parse_tag` sorted;
// throws Error when it has not three parts.
std::vector<Tag> parse_tags(std::string_view text);

}  // namespace lambda_pack
