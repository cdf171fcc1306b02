#include "store/html_links.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\f";

void append_utf8(std::string& text, std::uint32_t code) {
  if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
  const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6), put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12), put(0x80 | (code >> 6 & 0x3f)), put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18), put(0x80 | (code >> 12 & 0x3f)), put(0x80 | (code >> 6 & 0x3f)), put(0x80 | (code & 0x3f));
  }
}

// Of `amp`, `#43`, `#x2B`; nothing for a name that does not occur in addresses.
std::optional<std::uint32_t> referenced_character(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 12> kNames = {{{"amp", '&'},
                                                                                         {"lt", '<'},
                                                                                         {"gt", '>'},
                                                                                         {"quot", '"'},
                                                                                         {"apos", '\''},
                                                                                         {"plus", '+'},
                                                                                         {"num", '#'},
                                                                                         {"equals", '='},
                                                                                         {"percnt", '%'},
                                                                                         {"sol", '/'},
                                                                                         {"lowbar", '_'},
                                                                                         {"nbsp", 0xa0}}};
  if (!name.starts_with('#')) {
    for (const auto& [known, code] : kNames) {
      if (known == name) return code;
    }
    return std::nullopt;
  }
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  if (failure != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return code;
}

// Reads the tags of a page one after the other.
class TagReader {
 public:
  explicit TagReader(std::string_view page) : rest_(page) {}

  // Moves past the next start tag and returns its lower-case name; empty at the end of the page.
  std::string next() {
    href_.reset();
    for (;;) {
      const auto open = rest_.find('<');
      if (open == std::string_view::npos) return {};
      rest_.remove_prefix(open + 1);
      if (rest_.starts_with("!--")) {
        skip_past("-->", 3);
      } else if (rest_.starts_with('!') || rest_.starts_with('?') || rest_.starts_with('/')) {
        skip_past(">", 0);
      } else if (!rest_.empty() && is_letter(rest_.front())) {
        return start_tag();
      }
    }
  }
  // The href of the tag that next() found, decoded.
  const std::optional<std::string>& href() const { return href_; }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  void skip_past(std::string_view end, std::size_t from) {
    const auto found = rest_.find(end, from);
    rest_.remove_prefix(found == std::string_view::npos ? rest_.size() : found + end.size());
  }
  void skip_spaces() {
    const auto next = rest_.find_first_not_of(" \t\r\n\f/");
    rest_.remove_prefix(next == std::string_view::npos ? rest_.size() : next);
  }
  std::string_view take_until(std::string_view ends) {
    const auto end = std::min(rest_.find_first_of(ends), rest_.size());
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }

  std::string start_tag() {
    const std::string name = lowered(take_until(" \t\r\n\f/>"));
    for (skip_spaces(); !rest_.empty() && rest_.front() != '>'; skip_spaces()) attribute();
    if (!rest_.empty()) rest_.remove_prefix(1);
    if (name == "script" || name == "style") skip_past("</" + name, 0);
    return name;
  }

  void attribute() {
    // The standard lets a name begin with `=`.
    const std::size_t first = rest_.front() == '=' ? 1 : 0;
    const auto end = std::min(rest_.find_first_of(" \t\r\n\f/>=", first), rest_.size());
    const std::string name = lowered(rest_.substr(0, end));
    rest_.remove_prefix(end);
    const auto next = rest_.find_first_not_of(kSpaces);
    if (next == std::string_view::npos || rest_[next] != '=') return;
    rest_.remove_prefix(next + 1);
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpaces), rest_.size()));
    const std::string_view value = attribute_value();
    if (name == "href" && !href_) href_ = html_decoded(value);
  }

  std::string_view attribute_value() {
    if (rest_.empty()) return {};
    const char quote = rest_.front();
    if (quote != '"' && quote != '\'') return take_until(" \t\r\n\f>");
    rest_.remove_prefix(1);
    const std::string_view value = take_until(std::string_view(&quote, 1));
    if (!rest_.empty()) rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  std::optional<std::string> href_;
};

}  // namespace

std::string html_decoded(std::string_view text) {
  constexpr std::size_t kLongestName = 10;
  std::string result;
  while (!text.empty()) {
    const auto ampersand = std::min(text.find('&'), text.size());
    result += text.substr(0, ampersand);
    text.remove_prefix(ampersand);
    if (text.empty()) break;
    const auto semicolon = text.substr(0, kLongestName + 2).find(';');
    const auto code =
        semicolon == std::string_view::npos ? std::nullopt : referenced_character(text.substr(1, semicolon - 1));
    if (code) {
      append_utf8(result, *code);
      text.remove_prefix(semicolon + 1);
    } else {
      result += '&';
      text.remove_prefix(1);
    }
  }
  return result;
}

HtmlLinks html_links(std::string_view page) {
  HtmlLinks links;
  TagReader reader(page);
  for (std::string tag = reader.next(); !tag.empty(); tag = reader.next()) {
    if (!reader.href()) continue;
    if (tag == "a") links.hrefs.push_back(*reader.href());
    if (tag == "base" && !links.base) links.base = *reader.href();
  }
  return links;
}

}  // namespace lambda_pack
