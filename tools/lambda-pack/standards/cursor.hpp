// Reading a short text from left to right: what the parsers of this room share. ASCII, whatever the locale.
#pragma once

#include <cstddef>
#include <string_view>

namespace lambda_pack {

namespace ascii {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
// PEP 508's wsp: line breaks are not among them.
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) { return is_blank(c) || (c >= '\n' && c <= '\r'); }
// What may stand between the pieces of a name or of a version.
constexpr bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }
// Bytes of other scripts count as letters: they never end a word.
constexpr bool is_word(char c) { return is_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

// `text` without white space at both ends.
constexpr std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

}  // namespace ascii

// A place in a text that others own. `take…` moves past what it names and says whether, or what, that was.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ == text_.size(); }
  std::size_t position() const { return position_; }
  std::string_view rest() const { return text_.substr(position_); }
  // The character `ahead` places on; NUL past the end.
  char peek(std::size_t ahead = 0) const { return ahead < text_.size() - position_ ? text_[position_ + ahead] : '\0'; }

  // `position` is one that position() returned.
  void move_to(std::size_t position) { position_ = position; }

  bool take(std::string_view literal) {
    if (rest().substr(0, literal.size()) != literal) return false;
    position_ += literal.size();
    return true;
  }

  bool take_ignoring_case(std::string_view literal) {
    if (!ascii::equal_ignoring_case(rest().substr(0, literal.size()), literal)) return false;
    position_ += literal.size();
    return true;
  }

  template <typename Predicate>
  bool take_one(Predicate accepts) {
    if (at_end() || !accepts(peek())) return false;
    ++position_;
    return true;
  }

  template <typename Predicate>
  std::string_view take_while(Predicate accepts) {
    const std::size_t begin = position_;
    while (take_one(accepts)) {
    }
    return text_.substr(begin, position_ - begin);
  }

  void skip_blanks() { take_while(ascii::is_blank); }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace lambda_pack
