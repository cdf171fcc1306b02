#include "lock/plain_toml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

using nlohmann::json;

// Thrown where another reader must be asked. (Locks that tools wrote never come here.)
struct NotPlain {};

constexpr int kMostNesting = 50;

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

// Without a branch, so that the compiler takes many at once: strings are most of a lock.
bool is_without_escape_or_control(const char* begin, const char* end) {
  unsigned found = 0;
  for (; begin < end; ++begin) {
    const auto c = static_cast<unsigned char>(*begin);
    found |= static_cast<unsigned>(c < 0x20) & static_cast<unsigned>(c != '\t');
    found |= static_cast<unsigned>(c == 0x7f) | static_cast<unsigned>(c == '\\');
  }
  return found == 0;
}

constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0; c < 256; ++c) plain[c] = (c >= 0x20 || c == '\t') && c != 0x7f && c != '"' && c != '\'' && c != '\\';
  return plain;
}();

class PlainReader {
 public:
  PlainReader(std::string_view text, std::string_view as_text)
      : at_(text.data()), end_(at_ + text.size()), as_text_(as_text) {}

  json read() {
    json root = json::object();
    json* table = &root;
    for (skip_lines(); at_ < end_; skip_lines()) {
      if (*at_ == '[') {
        table = header(root);
      } else {
        assign(*table);
      }
      end_line();
    }
    return root;
  }

  void read_tables(const std::function<void(std::span<const PlainValue>)>& use) {
    std::vector<PlainValue> table;
    expect('[');
    for (skip_lines(); !take(']'); skip_lines()) {
      table.clear();
      flat_table(table);
      use(table);
      skip_lines();
      if (take(',')) continue;
      expect(']');
      break;
    }
    if (at_ != end_) throw NotPlain();
  }

 private:
  char peek() const { return at_ < end_ ? *at_ : '\0'; }
  void expect(char wanted) {
    if (peek() != wanted || at_ == end_) throw NotPlain();
    ++at_;
  }
  bool take(char wanted) {
    const bool is_there = at_ < end_ && *at_ == wanted;
    at_ += is_there ? 1 : 0;
    return is_there;
  }

  // Characters that stand for themselves in both kinds of string: most of a lock.
  void skip_plain() {
    while (at_ < end_ && kPlain[static_cast<unsigned char>(*at_)]) ++at_;
  }

  void skip_basic() {
    for (skip_plain(); peek() == '\''; skip_plain()) ++at_;
  }

  void skip_blanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
  }

  void skip_comment() {
    if (peek() != '#') return;
    while (at_ < end_ && *at_ != '\n' && !(*at_ == '\r' && at_ + 1 < end_ && at_[1] == '\n')) {
      if (is_control(*at_++)) throw NotPlain();
    }
  }

  bool take_line_end() {
    if (at_ + 1 < end_ && *at_ == '\r' && at_[1] == '\n') ++at_;
    return take('\n');
  }

  // Blanks, comments and line ends.
  void skip_lines() {
    do {
      skip_blanks();
      skip_comment();
    } while (take_line_end());
  }

  void end_line() {
    skip_blanks();
    skip_comment();
    if (at_ < end_ && !take_line_end()) throw NotPlain();
  }

  std::string key() {
    if (peek() == '"') return basic_string();
    if (peek() == '\'') return literal_string();
    const char* begin = at_;
    while (at_ < end_ && is_bare(*at_)) ++at_;
    if (at_ == begin) throw NotPlain();
    return {begin, at_};
  }

  // `a."b.c".d`
  std::vector<std::string> dotted_key() {
    std::vector<std::string> keys{key()};
    for (skip_blanks(); take('.'); skip_blanks()) {
      skip_blanks();
      keys.push_back(key());
    }
    return keys;
  }

  // `[a.b]` and `[[a.b]]`: the table whose keys follow.
  json* header(json& root) {
    expect('[');
    const bool is_item = take('[');
    skip_blanks();
    const auto keys = dotted_key();
    skip_blanks();
    expect(']');
    if (is_item) expect(']');
    json* table = &root;
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) table = open_table(*table, keys[i]);
    return is_item ? new_item(*table, keys.back()) : new_table(*table, keys.back());
  }

  // A table on the way of a header: made by a header too, or the last of those that headers made.
  json* open_table(json& parent, const std::string& name) {
    const auto [entry, is_new] = parent.get_ref<json::object_t&>().try_emplace(name);
    json* value = &entry->second;
    if (is_new) {
      *value = json::object();
      open_.insert(value);
    }
    if (open_.count(value) == 0) throw NotPlain();
    return value->is_array() ? &value->back() : value;
  }

  json* new_table(json& parent, const std::string& name) {
    const auto [entry, is_new] = parent.get_ref<json::object_t&>().try_emplace(name, json::object());
    if (!is_new) throw NotPlain();
    open_.insert(&entry->second);
    return &entry->second;
  }

  json* new_item(json& parent, const std::string& name) {
    const auto [entry, is_new] = parent.get_ref<json::object_t&>().try_emplace(name, json::array());
    json& items = entry->second;
    if (is_new) open_.insert(&items);
    if (!items.is_array() || open_.count(&items) == 0) throw NotPlain();
    items.push_back(json::object());
    return &items.back();
  }

  // `key = value` with one key: dotted ones are for people.
  void assign(json& table) {
    auto name = key();
    skip_blanks();
    expect('=');
    skip_blanks();
    auto& object = table.get_ref<json::object_t&>();
    const bool is_text = !as_text_.empty() && name == as_text_ && peek() == '[';
    const auto [entry, is_new] = object.try_emplace(std::move(name));
    if (!is_new) throw NotPlain();
    if (is_text) {
      entry->second = array_text();
    } else {
      value(entry->second);
    }
  }

  void value(json& result) {
    const char c = peek();
    if (c == '"') {
      result = basic_string();
    } else if (c == '\'') {
      result = literal_string();
    } else if (c == '[') {
      array(result);
    } else if (c == '{') {
      inline_table(result);
    } else if (c >= '0' && c <= '9') {
      result = integer();
    } else if (take_word("true")) {
      result = true;
    } else if (take_word("false")) {
      result = false;
    } else {
      throw NotPlain();
    }
  }

  bool take_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) return false;
    at_ += word.size();
    if (at_ < end_ && is_bare(*at_)) throw NotPlain();
    return true;
  }

  std::int64_t integer() {
    std::int64_t number = 0;
    const bool leading_zero = *at_ == '0' && at_ + 1 < end_ && is_bare(at_[1]);
    const auto [end, error] = std::from_chars(at_, end_, number);
    if (leading_zero || error != std::errc() || (end < end_ && (is_bare(*end) || *end == '.' || *end == ':'))) {
      throw NotPlain();
    }
    at_ = end;
    return number;
  }

  std::string literal_string() {
    expect('\'');
    const char* begin = at_;
    while (at_ < end_ && *at_ != '\'' && !is_control(*at_)) ++at_;
    const char* end = at_;
    expect('\'');
    if (begin == end && peek() == '\'') throw NotPlain();  // '''
    return {begin, end};
  }

  // Past a string's contents, at its end, when none of them has a meaning of its own.
  bool skip_to(char quote) {
    const auto* found = static_cast<const char*>(std::memchr(at_, quote, static_cast<std::size_t>(end_ - at_)));
    if (found == nullptr || !is_without_escape_or_control(at_, found)) return false;
    at_ = found;
    return true;
  }

  std::string basic_string() {
    expect('"');
    const char* begin = at_;
    if (!skip_to('"')) skip_basic();
    std::string text(begin, at_);
    while (peek() == '\\') {
      ++at_;
      text += escaped();
      begin = at_;
      skip_basic();
      text.append(begin, at_);
    }
    expect('"');
    if (text.empty() && peek() == '"') throw NotPlain();  // """
    return text;
  }

  char escaped() {
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\': return c;
      case 'n': return '\n';
      case 't': return '\t';
      case 'r': return '\r';
      default: throw NotPlain();
    }
  }

  void array(json& result) {
    Level level(*this);
    expect('[');
    result = json::array();
    auto& items = result.get_ref<json::array_t&>();
    for (skip_lines(); !take(']'); skip_lines()) {
      value(items.emplace_back());
      skip_lines();
      if (take(',')) continue;
      expect(']');
      return;
    }
  }

  std::string array_text() {
    const char* begin = at_;
    int depth = 0;
    do {
      const char c = peek();
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') {
        skip_comment();
        continue;
      }
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (is_control(c) && c != '\n' && c != '\r') throw NotPlain();
      ++at_;
    } while (depth > 0 && at_ < end_);
    if (depth > 0) throw NotPlain();
    return {begin, at_};
  }

  // Of one line; a multi-line one has a line end in it, or looks like an empty string before another.
  void skip_string(char quote) {
    const char* begin = ++at_;
    while (!skip_to(quote)) {
      skip_plain();
      if (at_ >= end_ || *at_ == quote) break;
      if (is_control(*at_)) throw NotPlain();
      if (*at_ == '\\' && quote == '"') ++at_;
      ++at_;
    }
    if (at_ >= end_ || (at_ == begin && at_ + 1 < end_ && at_[1] == quote)) throw NotPlain();
    ++at_;
  }

  void inline_table(json& result) {
    Level level(*this);
    expect('{');
    result = json::object();
    skip_blanks();
    if (take('}')) return;
    do {
      skip_blanks();
      assign(result);
      skip_blanks();
    } while (take(','));
    expect('}');
  }

  void flat_table(std::vector<PlainValue>& table) {
    expect('{');
    skip_blanks();
    do {
      skip_blanks();
      const char* begin = at_;
      while (at_ < end_ && is_bare(*at_)) ++at_;
      PlainValue value{{begin, at_}, {}, std::nullopt};
      if (value.key.empty()) throw NotPlain();
      skip_blanks();
      expect('=');
      skip_blanks();
      if (peek() == '"') {
        begin = at_ + 1;
        skip_string('"');
        value.text = {begin, at_ - 1};
        if (value.text.find('\\') != std::string_view::npos) throw NotPlain();
      } else if (peek() >= '0' && peek() <= '9') {
        value.number = integer();
      } else {
        throw NotPlain();
      }
      table.push_back(value);
      skip_blanks();
    } while (take(','));
    expect('}');
  }

  struct Level {
    explicit Level(PlainReader& reader) : depth(reader.depth_) {
      if (++depth > kMostNesting) throw NotPlain();
    }
    ~Level() { --depth; }
    int& depth;
  };

  const char* at_;
  const char* const end_;
  const std::string_view as_text_;
  int depth_ = 0;
  std::unordered_set<const json*> open_;  // what headers made, and may add to; map nodes stay where they are
};

bool is_ascii(std::string_view text) {
  unsigned found = 0;
  for (const char c : text) found |= static_cast<unsigned char>(c);
  return found < 0x80;
}

}  // namespace

std::optional<json> read_plain_toml(std::string_view text, std::string_view as_text) {
  if (!is_ascii(text) && !is_utf8(text)) return std::nullopt;
  try {
    return PlainReader(text, as_text).read();
  } catch (const NotPlain&) {
    return std::nullopt;
  }
}

bool read_plain_tables(std::string_view list, const std::function<void(std::span<const PlainValue>)>& use) {
  try {
    PlainReader(list, {}).read_tables(use);
    return true;
  } catch (const NotPlain&) {
    return false;
  }
}

}  // namespace lambda_pack
