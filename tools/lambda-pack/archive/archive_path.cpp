#include "archive/archive_path.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::size_t kLongestPath = 4096;  // PATH_MAX of Linux
constexpr std::size_t kLongestPart = 255;   // NAME_MAX of every file system that Lambda or a build machine uses

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// U+0080 to U+009F, the control characters beyond ASCII, are 0xC2 0x80 to 0xC2 0x9F in UTF-8.
bool has_c1_control(std::string_view utf8) {
  for (std::size_t at = utf8.find('\xc2'); at != std::string_view::npos; at = utf8.find('\xc2', at + 1)) {
    if (at + 1 < utf8.size() && static_cast<unsigned char>(utf8[at + 1]) < 0xa0) return true;
  }
  return false;
}

// The rule that the bytes break, looking at each alone and at non-ASCII text as a whole; empty for none.
std::string_view broken_character_rule(std::string_view text) {
  unsigned char all_bits = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return "has a control character in its name";
    if (byte == '\\') return "has a backslash in its name";
    all_bits |= byte;
  }
  if (all_bits < 0x80) return {};
  if (!is_utf8(text)) return "has a name that is not UTF-8";
  if (has_c1_control(text)) return "has a control character in its name";
  return {};
}

std::string_view broken_part_rule(std::string_view part) {
  if (part.empty()) return "has an empty part in its name";
  if (part == ".") return "has a \".\" part in its name";
  if (part == "..") return "has a \"..\" part in its name";
  if (part.size() > kLongestPart) return "has a part of more than 255 bytes in its name";
  return {};
}

std::string_view broken_rule(std::string_view text) {
  if (text.empty()) return "is an empty name";
  if (text.size() > kLongestPath) return "is a name of more than 4096 bytes";
  if (const auto rule = broken_character_rule(text); !rule.empty()) return rule;
  if (text.front() == '/') return "is an absolute name";
  if (text.size() > 1 && text[1] == ':' && is_ascii_letter(text[0])) return "begins with a drive letter";
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    if (const auto rule = broken_part_rule(text.substr(begin, end - begin)); !rule.empty()) return rule;
    if (end == text.size()) return {};
    begin = end + 1;
  }
}

}  // namespace

ArchivePath::ArchivePath(std::string_view text) {
  if (const auto rule = broken_rule(text); !rule.empty()) throw Error(quote(text) + ": " + std::string(rule));
  text_ = text;
}

std::string_view ArchivePath::file_name() const noexcept {
  return std::string_view(text_).substr(text_.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view ArchivePath::first_part() const noexcept { return std::string_view(text_).substr(0, text_.find('/')); }

}  // namespace lambda_pack
