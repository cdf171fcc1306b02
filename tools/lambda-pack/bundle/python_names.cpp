#include "bundle/python_names.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

bool is_identifier_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;  // PEP 3131
}

bool is_identifier(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  for (const char c : text) {
    if (!is_identifier_byte(c)) return false;
  }
  return true;
}

struct LogicalLine {
  std::size_t indent = 0;
  std::string text;  // strings emptied, comments gone, brackets joined into one line
};

// Cuts the source into logical lines (Python reference, "Lexical analysis").
class LineReader {
 public:
  explicit LineReader(std::string_view source) : rest_(source) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  bool next(LogicalLine& line) {
    line = {};
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\f')) {
      line.indent = rest_.front() == '\t' ? (line.indent / 8 + 1) * 8 : line.indent + 1;
      rest_.remove_prefix(1);
    }
    int depth = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '\n') {
        rest_.remove_prefix(1);
        if (depth == 0) return true;
        line.text += ' ';
      } else if (c == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (c == '\\' && (rest_.starts_with("\\\n") || rest_.starts_with("\\\r\n"))) {
        rest_.remove_prefix(rest_[1] == '\n' ? 2 : 3);
        line.text += ' ';
      } else if (c == '"' || c == '\'') {
        skip_string();
        line.text += "\"\"";
      } else {
        if (c == '(' || c == '[' || c == '{') ++depth;
        if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
        line.text += c;
        rest_.remove_prefix(1);
      }
    }
    return !line.text.empty();
  }

 private:
  // Also raw strings: there, too, a backslash keeps the quote after it from ending the string.
  void skip_string() {
    const char mark = rest_.front();
    const bool triple = rest_.size() >= 3 && rest_[1] == mark && rest_[2] == mark;
    rest_.remove_prefix(triple ? 3 : 1);
    while (!rest_.empty()) {
      if (rest_.front() == '\\') {
        rest_.remove_prefix(std::min<std::size_t>(2, rest_.size()));
      } else if (!triple && rest_.front() == '\n') {
        return;  // an unfinished string ends with its line
      } else if (triple ? rest_.starts_with(std::string(3, mark)) : rest_.front() == mark) {
        rest_.remove_prefix(triple ? 3 : 1);
        return;
      } else {
        rest_.remove_prefix(1);
      }
    }
  }

  std::string_view rest_;
};

// The pieces of `text` between `separator` outside of brackets.
std::vector<std::string_view> split_outside(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c == separator && depth == 0) {
      pieces.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

// The word at the front of `text`, taken off together with the space after it.
std::string_view take_word(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_identifier_byte(text[length])) ++length;
  const std::string_view word = text.substr(0, length);
  text = trimmed(text.substr(length));
  return word;
}

// Positions of the `=` of assignments: outside of brackets, and no part of ==, <=, :=, += and so on.
std::vector<std::size_t> assignment_signs(std::string_view text) {
  std::vector<std::size_t> signs;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c != '=' || depth != 0) continue;
    if (i + 1 < text.size() && text[i + 1] == '=') {
      ++i;
      continue;
    }
    if (i > 0 && std::string_view("=<>!:+-*/%&|^@").find(text[i - 1]) != std::string_view::npos) continue;
    signs.push_back(i);
  }
  return signs;
}

class Scanner {
 public:
  ModuleNames scan(std::string_view source) {
    LineReader reader(source);
    LogicalLine line;
    while (reader.next(line)) {
      const std::string_view text = trimmed(line.text);
      if (text.empty()) continue;
      while (!blocks_.empty() && blocks_.back().indent >= line.indent) blocks_.pop_back();
      if (!inside_scope()) statement_line(text, line.indent);
    }
    return std::move(found_);
  }

 private:
  struct Block {
    std::size_t indent;
    bool scope;  // a function's or class's body
  };

  bool inside_scope() const { return !blocks_.empty() && blocks_.back().scope; }

  void statement_line(std::string_view text, std::size_t indent) {
    std::string_view rest = text;
    std::string_view word = take_word(rest);
    if (word == "async") word = take_word(rest);
    if (word == "def" || word == "class") {
      define(take_word(rest));
      blocks_.push_back({indent, true});
      return;
    }
    constexpr std::array compound{"if", "elif", "else", "try", "except", "finally", "for", "while", "with"};
    for (const std::string_view keyword : compound) {
      if (word == keyword) return compound_statement(keyword, rest, indent);
    }
    for (const std::string_view simple : split_outside(text, ';')) simple_statement(trimmed(simple));
  }

  void compound_statement(std::string_view keyword, std::string_view rest, std::size_t indent) {
    blocks_.push_back({indent, false});
    const std::vector<std::string_view> parts = split_outside(rest, ':');
    const std::string_view head = parts.front();
    if (keyword == "for") bind_targets(head.substr(0, head.find(" in ")));
    if (keyword == "with") {
      for (std::size_t at = head.find(" as "); at != std::string_view::npos; at = head.find(" as ", at + 1)) {
        std::string_view name = trimmed(head.substr(at + 4));
        define(take_word(name));
      }
    }
    if (parts.size() > 1) {
      const std::string_view body = trimmed(rest.substr(head.size() + 1));
      if (!body.empty()) statement_line(body, indent + 1);
    }
  }

  void simple_statement(std::string_view text) {
    note_dynamic_use(text);
    std::string_view rest = text;
    const std::string_view word = take_word(rest);
    if (word == "import") return import_names(rest, true);
    if (word == "from") {
      const std::size_t at = rest.find("import");
      if (at == std::string_view::npos) return;
      rest = trimmed(rest.substr(at + 6));
      if (rest.starts_with('*')) found_.dynamic = true;
      if (rest.starts_with('(')) rest = rest.substr(1, rest.rfind(')') - 1);
      return import_names(rest, false);
    }
    std::size_t begin = 0;
    for (const std::size_t sign : assignment_signs(text)) {
      bind_targets(split_outside(text.substr(begin, sign - begin), ':').front());
      begin = sign + 1;
    }
  }

  void import_names(std::string_view list, bool modules) {
    for (std::string_view item : split_outside(list, ',')) {
      item = trimmed(item);
      const std::size_t as = item.find(" as ");
      if (as != std::string_view::npos) {
        define(trimmed(item.substr(as + 4)));
      } else {
        define(modules ? trimmed(item.substr(0, item.find('.'))) : item);
      }
    }
  }

  // `a`, `a, b`, `(a, *b)`, `[a, b]`; attributes and subscripts bind no name.
  void bind_targets(std::string_view targets) {
    targets = trimmed(targets);
    if (targets.size() >= 2 && (targets.front() == '(' || targets.front() == '[')) {
      targets = targets.substr(1, targets.size() - 2);
    }
    for (std::string_view target : split_outside(targets, ',')) {
      target = trimmed(target);
      if (target.starts_with('*')) target = trimmed(target.substr(1));
      if (target.starts_with('(') || target.starts_with('[')) {
        bind_targets(target);
      } else {
        define(target);
      }
    }
  }

  void note_dynamic_use(std::string_view text) {
    constexpr std::array calls{"globals(", "exec(", "setattr(", "locals(", "vars("};
    for (const std::string_view call : calls) {
      if (text.find(call) != std::string_view::npos) found_.dynamic = true;
    }
  }

  void define(std::string_view name) {
    if (name == "__getattr__") found_.dynamic = true;  // PEP 562
    if (is_identifier(name)) found_.names.emplace(name);
  }

  ModuleNames found_;
  std::vector<Block> blocks_;
};

}  // namespace

ModuleNames module_names(std::string_view source) { return Scanner().scan(source); }

}  // namespace lambda_pack
