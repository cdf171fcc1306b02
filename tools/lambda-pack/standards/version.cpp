#include "standards/version.hpp"

#include <limits>
#include <span>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"

namespace lambda_pack {

namespace {

// How a label may be written, and its normal form with what separates it from the part before.
struct Spelling {
  std::string_view written, normal;
};

// A spelling stands before the ones that begin it.
constexpr Spelling kPreLabels[] = {{"alpha", "a"},    {"a", "a"},    {"beta", "b"}, {"b", "b"},
                                   {"preview", "rc"}, {"pre", "rc"}, {"c", "rc"},   {"rc", "rc"}};
constexpr Spelling kPostLabels[] = {{"post", ".post"}, {"rev", ".post"}, {"r", ".post"}};
constexpr Spelling kDevLabels[] = {{"dev", ".dev"}};

bool is_number(std::string_view piece) { return piece.find_first_not_of("0123456789") == std::string_view::npos; }

// Appends the digits without leading zeros; an implicit number is 0.
void append_number(std::string& out, std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string_view::npos) {
    out += '0';
  } else {
    out += digits.substr(first);
  }
}

// `N!`, when it stands there.
void append_epoch(std::string& out, Cursor& in) {
  const std::size_t begin = in.position();
  const std::string_view digits = in.take_while(ascii::is_digit);
  if (digits.empty() || !in.take("!")) {
    in.move_to(begin);
  } else if (digits.find_first_not_of('0') != std::string_view::npos) {
    append_number(out, digits);
    out += '!';
  }
}

// `N(.N)*`; false when no number stands there.
bool append_release(std::string& out, Cursor& in) {
  if (!ascii::is_digit(in.peek())) return false;
  append_number(out, in.take_while(ascii::is_digit));
  while (in.peek() == '.' && ascii::is_digit(in.peek(1))) {
    in.take(".");
    out += '.';
    append_number(out, in.take_while(ascii::is_digit));
  }
  return true;
}

// A label with its number, when one stands there.
void append_labelled(std::string& out, Cursor& in, std::span<const Spelling> labels) {
  const std::size_t begin = in.position();
  in.take_one(ascii::is_separator);
  for (const Spelling& label : labels) {
    if (!in.take_ignoring_case(label.written)) continue;
    in.take_one(ascii::is_separator);
    out += label.normal;
    append_number(out, in.take_while(ascii::is_digit));
    return;
  }
  in.move_to(begin);
}

// `-N` is PEP 440's implicit post-release.
void append_post(std::string& out, Cursor& in) {
  if (in.peek() != '-' || !ascii::is_digit(in.peek(1))) return append_labelled(out, in, kPostLabels);
  in.take("-");
  out += ".post";
  append_number(out, in.take_while(ascii::is_digit));
}

// `+piece(.piece)*`, when a `+` stands there; false when no piece follows it.
bool append_local(std::string& out, Cursor& in) {
  if (!in.take("+")) return true;
  char before = '+';
  do {
    const std::string_view piece = in.take_while(ascii::is_alphanumeric);
    if (piece.empty()) return false;
    out += before;
    if (is_number(piece)) {
      append_number(out, piece);
    } else {
      out += lowered(piece);
    }
    before = '.';
  } while (in.take_one(ascii::is_separator));
  return true;
}

// Removes and returns what stands before the first dot.
std::string_view next_piece(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  const std::string_view piece = rest.substr(0, dot);
  rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  return piece;
}

// Both without leading zeros; empty counts as less than any number.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering compare_releases(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const std::string_view left = a.empty() ? "0" : next_piece(a);
    const std::string_view right = b.empty() ? "0" : next_piece(b);
    if (const auto order = compare_numbers(left, right); order != 0) return order;
  }
  return std::strong_ordering::equal;
}

// Numbers come after words; a local part comes after its own beginning.
std::strong_ordering compare_locals(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view left = next_piece(a), right = next_piece(b);
    const bool numbers = is_number(left);
    if (numbers != is_number(right)) return numbers <=> is_number(right);
    const auto order = numbers ? compare_numbers(left, right) : left.compare(right) <=> 0;
    if (order != 0) return order;
  }
  return !a.empty() <=> !b.empty();
}

// Development releases of a final release come before its pre-releases, which come before itself.
int pre_rank(const Version::Parts& parts) {
  if (parts.pre.empty()) return parts.post.empty() && !parts.dev.empty() ? 0 : 4;
  return parts.pre.front() == 'a' ? 1 : parts.pre.front() == 'b' ? 2 : 3;
}

std::string_view pre_number(std::string_view pre) {
  while (!pre.empty() && !ascii::is_digit(pre.front())) pre.remove_prefix(1);
  return pre;
}

std::strong_ordering compare_public_parts(const Version::Parts& a, const Version::Parts& b) {
  if (const auto order = compare_numbers(a.epoch, b.epoch); order != 0) return order;
  if (const auto order = compare_releases(a.release, b.release); order != 0) return order;
  if (const auto order = pre_rank(a) <=> pre_rank(b); order != 0) return order;
  if (const auto order = compare_numbers(pre_number(a.pre), pre_number(b.pre)); order != 0) return order;
  if (const auto order = compare_numbers(a.post, b.post); order != 0) return order;
  // The release itself comes after its development releases.
  if (a.dev.empty() || b.dev.empty()) return a.dev.empty() <=> b.dev.empty();
  return compare_numbers(a.dev, b.dev);
}

}  // namespace

// PEP 440, appendix B.
std::optional<Version> Version::parse(std::string_view text) {
  Cursor in(ascii::stripped(text));
  Version version;
  std::string& out = version.text_;
  out.clear();
  in.take_ignoring_case("v");
  append_epoch(out, in);
  version.release_begin_ = out.size();
  if (!append_release(out, in)) return std::nullopt;
  version.release_end_ = out.size();
  append_labelled(out, in, kPreLabels);
  version.pre_end_ = out.size();
  append_post(out, in);
  version.post_end_ = out.size();
  append_labelled(out, in, kDevLabels);
  version.public_end_ = out.size();
  if (!append_local(out, in) || !in.at_end()) return std::nullopt;
  return version;
}

Version Version::require(std::string_view text) {
  if (auto version = parse(text)) return *std::move(version);
  throw Error(quote(text) + " is not a version", "versions look like 1.2, 1.2.3rc1 or 2!1.0.post1 (PEP 440)");
}

std::uint64_t Version::release(std::size_t index) const {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  std::string_view rest = parts().release;
  for (; index > 0 && !rest.empty(); --index) next_piece(rest);
  std::uint64_t value = 0;
  for (const char c : next_piece(rest)) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kLargest - digit) / 10) return kLargest;
    value = value * 10 + digit;
  }
  return value;
}

std::size_t Version::release_size() const {
  std::size_t size = 1;
  for (const char c : parts().release) size += c == '.';
  return size;
}

bool Version::is_prerelease() const { return pre_end_ != release_end_ || public_end_ != post_end_; }

Version::Parts Version::parts() const {
  const std::string_view text = text_;
  const auto between = [text](std::size_t begin, std::size_t end, std::size_t skipped) {
    return begin == end ? std::string_view{} : text.substr(begin + skipped, end - begin - skipped);
  };
  constexpr std::size_t kPost = std::string_view(".post").size(), kDev = std::string_view(".dev").size();
  return {.epoch = text.substr(0, release_begin_ == 0 ? 0 : release_begin_ - 1),
          .release = between(release_begin_, release_end_, 0),
          .pre = between(release_end_, pre_end_, 0),
          .post = between(pre_end_, post_end_, kPost),
          .dev = between(post_end_, public_end_, kDev),
          .local = between(public_end_, text.size(), 1)};
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  const Parts a = parts(), b = other.parts();
  if (const auto order = compare_public_parts(a, b); order != 0) return order;
  return compare_locals(a.local, b.local);
}

std::strong_ordering Version::compare_public(const Version& other) const {
  return compare_public_parts(parts(), other.parts());
}

bool Version::same_release(const Version& other) const {
  const Parts a = parts(), b = other.parts();
  return a.epoch == b.epoch && compare_releases(a.release, b.release) == 0;
}

bool Version::same_release_prefix(const Version& other, std::size_t count) const {
  const Parts a = parts(), b = other.parts();
  if (a.epoch != b.epoch) return false;
  std::string_view left = a.release, right = b.release;
  for (; count > 0; --count) {
    if ((left.empty() ? "0" : next_piece(left)) != (right.empty() ? "0" : next_piece(right))) return false;
  }
  return true;
}

}  // namespace lambda_pack
