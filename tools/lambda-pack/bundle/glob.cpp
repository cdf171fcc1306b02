#include "bundle/glob.hpp"

#include <algorithm>
#include <span>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

using Parts = std::span<const std::string>;

// The UTF-8 character at the front of a text that is not empty. Bytes that are no UTF-8 count one each.
std::string_view first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  const std::string_view character = text.substr(0, length);
  return is_utf8(character) ? character : text.substr(0, 1);
}

// Where the set that `pattern` begins with ends, one past its `]`, or npos. A `]` right after the opening is a member,
// as in POSIX.
std::size_t set_end(std::string_view pattern) {
  const std::size_t first = pattern.substr(1).starts_with('!') ? 2 : 1;
  const std::size_t close = pattern.find(']', first + 1);
  return close == std::string_view::npos ? close : close + 1;
}

// Whether a set, brackets included, holds the character. UTF-8 sorts as code points do, so ranges compare bytes.
bool set_holds(std::string_view set, std::string_view character) {
  set = set.substr(1, set.size() - 2);
  const bool negated = set.front() == '!';
  if (negated) set.remove_prefix(1);
  bool found = false;
  while (!set.empty()) {
    const std::string_view low = first_character(set);
    set.remove_prefix(low.size());
    if (set.size() > 1 && set.front() == '-') {
      const std::string_view high = first_character(set.substr(1));
      found |= low <= character && character <= high;
      set.remove_prefix(1 + high.size());
    } else {
      found |= low == character;
    }
  }
  return found != negated;
}

// Whether the front of `pattern`, which is no star, takes the character at the front of `name`; both lose what was
// used.
bool take_one(std::string_view& pattern, std::string_view& name) {
  if (pattern.empty()) return false;
  const std::string_view character = first_character(name);
  std::size_t used = 1;
  if (pattern.front() == '[') {
    used = set_end(pattern);
    if (!set_holds(pattern.substr(0, used), character)) return false;
  } else if (pattern.front() != '?') {
    used = character.size();
    if (pattern.substr(0, used) != character) return false;
  }
  pattern.remove_prefix(used);
  name.remove_prefix(character.size());
  return true;
}

// A star takes as little as it can; where that turns out too little, the last one takes a character more. (Earlier ones
// need not: what follows them has matched.)
bool part_matches(std::string_view pattern, std::string_view name) {
  bool had_star = false;
  std::string_view after_star, left_by_star;
  while (!name.empty()) {
    if (pattern.starts_with('*')) {
      had_star = true;
      pattern.remove_prefix(1);
      after_star = pattern;
      left_by_star = name;
    } else if (!take_one(pattern, name)) {
      if (!had_star) return false;
      left_by_star.remove_prefix(first_character(left_by_star).size());
      pattern = after_star;
      name = left_by_star;
    }
  }
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

// Takes the first part off `path`.
std::string_view take_part(std::string_view& path) {
  const std::size_t length = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, length);
  path.remove_prefix(std::min(length + 1, path.size()));
  return part;
}

// Whether the parts match `path` or a folder that it is below.
bool parts_match(Parts parts, std::string_view path) {
  if (parts.empty()) return true;
  if (path.empty()) return false;
  if (parts.front() == "**") {
    for (; !path.empty(); take_part(path)) {
      if (parts_match(parts.subspan(1), path)) return true;
    }
    return false;
  }
  const std::string_view name = take_part(path);
  return part_matches(parts.front(), name) && parts_match(parts.subspan(1), path);
}

void check_part(std::string_view part, const std::string& shown) {
  if (part == ".." || part == "." || part.empty()) {
    throw Error(shown + " has a part " + quote(part), "write it relative to the zip's root: numpy/tests");
  }
  for (std::size_t at = part.find('['); at != std::string_view::npos; at = part.find('[', at)) {
    const std::size_t end = set_end(part.substr(at));
    if (end == std::string_view::npos) throw Error(shown + " has a [ without its ]", "for a [ itself, write [[]");
    at += end;
  }
}

}  // namespace

Glob::Glob(std::string_view pattern) : pattern_(pattern) {
  while (pattern_.size() > 1 && pattern_.ends_with('/')) pattern_.pop_back();
  const std::string shown = "EXCLUDE " + quote(pattern);
  if (pattern_.empty() || pattern_.starts_with('/')) {
    throw Error(shown + " is no pattern below the task root", "write it relative to the zip's root: numpy/tests");
  }
  for (const std::string_view part : split(pattern_, '/')) {
    check_part(part, shown);
    parts_.emplace_back(part);
  }
}

bool Glob::matches(std::string_view path) const { return parts_match(parts_, path); }

}  // namespace lambda_pack
