#include "standards/tags.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"

namespace lambda_pack {

namespace {

// Real sets have up to some twenty tags; three long parts multiply.
constexpr std::size_t kMostTags = 4096;

[[noreturn]] void fail(std::string_view text, const std::string& problem) {
  throw Error(quote(text) + " is not a set of wheel tags: " + problem,
              "tags look like cp312-cp312-manylinux_2_28_x86_64 or py2.py3-none-any");
}

bool is_identifier(std::string_view text) {
  return !text.empty() && !ascii::is_digit(text.front()) && std::all_of(text.begin(), text.end(), ascii::is_word);
}

}  // namespace

std::string Tag::str() const { return python + "-" + abi + "-" + platform; }

std::vector<Tag> parse_tags(std::string_view text) {
  const auto parts = split(text, '-');
  if (parts.size() != 3) fail(text, "it has " + std::to_string(parts.size()) + " parts instead of three");
  const auto pythons = split(parts[0], '.'), abis = split(parts[1], '.'), platforms = split(parts[2], '.');
  if (!std::all_of(pythons.begin(), pythons.end(), is_identifier)) fail(text, "its first part is no interpreter");
  for (const auto* pieces : {&abis, &platforms}) {
    if (std::count(pieces->begin(), pieces->end(), std::string_view{}) != 0) fail(text, "a piece of it is empty");
  }
  if (pythons.size() > kMostTags || abis.size() > kMostTags || platforms.size() > kMostTags ||
      pythons.size() * abis.size() * platforms.size() > kMostTags) {
    fail(text, "it stands for more than " + std::to_string(kMostTags) + " tags");
  }

  std::vector<Tag> tags;
  tags.reserve(pythons.size() * abis.size() * platforms.size());
  for (const auto python : pythons) {
    for (const auto abi : abis) {
      for (const auto platform : platforms) tags.push_back({lowered(python), lowered(abi), lowered(platform)});
    }
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace lambda_pack
