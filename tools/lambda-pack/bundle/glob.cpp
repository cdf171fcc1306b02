#include "bundle/glob.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

// Where the set that begins at pattern[at] == '[' ends (one past the `]`), or npos. A `]` right after the opening is a
// member, as in POSIX.
std::size_t set_end(std::string_view pattern, std::size_t at) {
  std::size_t first = at + 1;
  if (first < pattern.size() && pattern[first] == '!') ++first;
  const std::size_t close = pattern.find(']', first + 1);
  return close == std::string_view::npos ? close : close + 1;
}

bool set_holds(std::string_view set, char c) {
  set = set.substr(1, set.size() - 2);
  const bool negated = set.front() == '!';
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      const auto value = static_cast<unsigned char>(c);
      found |= static_cast<unsigned char>(set[i]) <= value && value <= static_cast<unsigned char>(set[i + 2]);
      i += 2;
    } else {
      found |= set[i] == c;
    }
  }
  return found != negated;
}

// Whether the whole of `pattern` matches the whole of `path`, or a folder that `path` is below.
bool match(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    if (pattern == "**") return !path.empty();
    if (pattern.starts_with("**/")) {
      for (std::string_view rest = path;;) {
        if (match(pattern.substr(3), rest)) return true;
        const std::size_t slash = rest.find('/');
        if (slash == std::string_view::npos) return false;
        rest.remove_prefix(slash + 1);
      }
    }
    if (pattern.front() == '*') {
      for (std::size_t taken = 0;; ++taken) {
        if (match(pattern.substr(1), path.substr(taken))) return true;
        if (taken == path.size() || path[taken] == '/') return false;
      }
    }
    if (path.empty()) return false;
    std::size_t used = 1;
    if (pattern.front() == '[') {
      used = set_end(pattern, 0);
      if (path.front() == '/' || !set_holds(pattern.substr(0, used), path.front())) return false;
    } else if (pattern.front() == '?' ? path.front() == '/' : pattern.front() != path.front()) {
      return false;
    }
    pattern.remove_prefix(used);
    path.remove_prefix(1);
  }
  return path.empty() || path.front() == '/';
}

}  // namespace

Glob::Glob(std::string_view pattern) : pattern_(pattern) {
  while (pattern_.size() > 1 && pattern_.ends_with('/')) pattern_.pop_back();
  const std::string shown = "EXCLUDE " + quote(pattern);
  if (pattern_.empty() || pattern_.starts_with('/')) {
    throw Error(shown + " is no pattern below the task root", "write it relative to the zip's root: numpy/tests");
  }
  for (const std::string_view part : split(pattern_, '/')) {
    if (part == ".." || part == "." || part.empty()) {
      throw Error(shown + " has a part " + quote(part), "write it relative to the zip's root: numpy/tests");
    }
  }
  for (std::size_t at = pattern_.find('['); at != std::string::npos; at = pattern_.find('[', at)) {
    at = set_end(pattern_, at);
    if (at == std::string_view::npos) throw Error(shown + " has a [ without its ]", "for a [ itself, write [[]");
  }
}

bool Glob::matches(std::string_view path) const { return match(pattern_, path); }

}  // namespace lambda_pack
