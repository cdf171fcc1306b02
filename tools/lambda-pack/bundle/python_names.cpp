#include "bundle/python_names.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "bundle/python_lines.hpp"

namespace lambda_pack {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_identifier(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  return std::all_of(text.begin(), text.end(), is_python_identifier_byte);
}

// +1 for an opening bracket, -1 for a closing one.
int step(char c) {
  if (c == '(' || c == '[' || c == '{') return 1;
  return c == ')' || c == ']' || c == '}' ? -1 : 0;
}

// The pieces of `text` between `separator` outside of brackets; the colon of `:=` separates nothing.
std::vector<std::string_view> split_outside(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += step(text[i]);
    if (text[i] != separator || depth != 0 || text.substr(i).starts_with(":=")) continue;
    pieces.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

// The word at the front of `text`, taken off together with the space after it.
std::string_view take_word(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_python_identifier_byte);
  const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text = trimmed(text.substr(word.size()));
  return word;
}

// Where `word` stands by itself, from `from` on, outside of brackets or anywhere; npos when nowhere.
std::size_t find_word(std::string_view text, std::string_view word, bool outside, std::size_t from = 0) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += step(text[i]);
    if (i < from || (outside && depth != 0) || !text.substr(i).starts_with(word)) continue;
    const bool begins = i == 0 || !is_python_identifier_byte(text[i - 1]);
    const std::size_t end = i + word.size();
    if (begins && (end == text.size() || !is_python_identifier_byte(text[end]))) return i;
  }
  return npos;
}

// Positions of the `=` of assignments: outside of brackets, no part of ==, <=, :=, += and so on, and before any lambda,
// whose parameters have defaults.
std::vector<std::size_t> assignment_signs(std::string_view text) {
  text = text.substr(0, find_word(text, "lambda", true));
  std::vector<std::size_t> signs;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += step(text[i]);
    if (text[i] != '=' || depth != 0) continue;
    if (i + 1 < text.size() && text[i + 1] == '=') {
      ++i;
      continue;
    }
    if (i > 0 && std::string_view("=<>!:+-*/%&|^@").find(text[i - 1]) != npos) continue;
    signs.push_back(i);
  }
  return signs;
}

// A bracket and what is in it, at the front of `text`.
std::string_view bracketed(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += step(text[i]);
    if (depth == 0) return text.substr(0, i + 1);
  }
  return text;
}

class Scanner {
 public:
  ModuleNames scan(std::string_view source) {
    PythonLines lines(source);
    PythonLine line;
    while (lines.next(line)) {
      const std::string_view text = trimmed(line.text);
      if (text.empty()) continue;
      while (!blocks_.empty() && blocks_.back().indent >= line.indent) blocks_.pop_back();
      if (inside_scope()) {
        look_for_globals(text);
      } else {
        note_dynamic_use(text);
        bind_walruses(text);
        statement_line(text, line.indent);
      }
    }
    return std::move(found_);
  }

 private:
  struct Block {
    std::size_t indent;
    bool scope;  // a function's or class's body
  };

  bool inside_scope() const {
    return std::any_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.scope; });
  }

  void statement_line(std::string_view text, std::size_t indent) {
    std::string_view rest = text;
    std::string_view word = take_word(rest);
    if (word == "async") word = take_word(rest);
    if (word == "def" || word == "class") {
      define(take_word(rest));
      blocks_.push_back({indent, true});
      look_for_globals(rest);
      return;
    }
    constexpr std::array compound{"if", "elif", "else", "try", "except", "finally", "for", "while", "with"};
    const bool is_case = word == "case" && !rest.starts_with('=') && split_outside(rest, ':').size() > 1;
    if (is_case || std::find(compound.begin(), compound.end(), word) != compound.end()) {
      return compound_statement(word, rest, indent);
    }
    for (const std::string_view simple : split_outside(text, ';')) simple_statement(trimmed(simple));
  }

  void compound_statement(std::string_view keyword, std::string_view rest, std::size_t indent) {
    blocks_.push_back({indent, false});
    const std::vector<std::string_view> parts = split_outside(rest, ':');
    const std::string_view head = parts.front();
    if (keyword == "for") bind_targets(head.substr(0, find_word(head, "in", true)));
    if (keyword == "with") bind_after_as(head);
    if (keyword == "case") bind_pattern(head.substr(0, find_word(head, "if", true)));
    if (parts.size() > 1) {
      const std::string_view body = trimmed(rest.substr(head.size() + 1));
      if (!body.empty()) statement_line(body, indent + 1);
    }
  }

  void simple_statement(std::string_view text) {
    std::string_view rest = text;
    const std::string_view word = take_word(rest);
    if (word == "import") return import_names(rest, true);
    if (word == "from") return import_from(rest);
    if (word == "global") return define_all(rest);
    if (word == "type") {  // PEP 695: `type Name[...] = ...`
      std::string_view value = rest;
      const std::string_view name = take_word(value);
      if (!name.empty() && (value.starts_with('=') || value.starts_with('['))) return define(name);
    }
    std::size_t begin = 0;
    for (const std::size_t sign : assignment_signs(text)) {
      bind_targets(split_outside(text.substr(begin, sign - begin), ':').front());
      begin = sign + 1;
    }
  }

  // What follows `from`: dots and names up to the word `import`, which may stand right behind the dots.
  void import_from(std::string_view rest) {
    while (!rest.empty()) {
      if (rest.front() == '.') {
        rest = trimmed(rest.substr(1));
        continue;
      }
      const std::string_view word = take_word(rest);
      if (word.empty()) return;
      if (word != "import") continue;
      if (rest.starts_with('*')) found_.dynamic = true;
      if (rest.starts_with('(')) rest = rest.substr(1, rest.rfind(')') - 1);
      return import_names(rest, false);
    }
  }

  void import_names(std::string_view list, bool modules) {
    for (std::string_view item : split_outside(list, ',')) {
      item = trimmed(item);
      const std::size_t as = find_word(item, "as", true);
      if (as != npos) {
        define(trimmed(item.substr(as + 2)));
      } else {
        define(modules ? trimmed(item.substr(0, item.find('.'))) : item);
      }
    }
  }

  // `a`, `a, b`, `(a, *b)`, `[a, b]`; attributes and subscripts bind no name.
  void bind_targets(std::string_view targets) {
    for (std::string_view target : split_outside(targets, ',')) {
      target = trimmed(target);
      if (target.starts_with('*')) target = trimmed(target.substr(1));
      if (target.starts_with('(') || target.starts_with('[')) {
        if (bracketed(target) == target) bind_targets(target.substr(1, target.size() - 2));
      } else {
        define(target);
      }
    }
  }

  // `with a as b, c as (d, e):`, also all in brackets.
  void bind_after_as(std::string_view head) {
    for (std::size_t at = find_word(head, "as", false); at != npos; at = find_word(head, "as", false, at + 2)) {
      const std::string_view target = trimmed(head.substr(at + 2));
      if (target.starts_with('(') || target.starts_with('[')) {
        bind_targets(bracketed(target));
      } else {
        bind_targets(target.substr(0, target.find_first_of(",)")));
      }
    }
  }

  // PEP 634: a name in a pattern is bound unless it is called, dotted, or a keyword of a class pattern.
  void bind_pattern(std::string_view pattern) {
    constexpr std::array constants{"_", "as", "None", "True", "False"};
    char before = ' ';
    while (!pattern.empty()) {
      if (!is_python_identifier_byte(pattern.front())) {
        if (pattern.front() != ' ') before = pattern.front();
        pattern.remove_prefix(1);
        continue;
      }
      const std::string_view word = take_word(pattern);
      const bool is_other =
          before == '.' || (!pattern.empty() && std::string_view(".(=\"").find(pattern.front()) != npos);
      if (!is_other && std::find(constants.begin(), constants.end(), word) == constants.end()) define(word);
      before = ' ';
    }
  }

  // PEP 572: those in comprehensions bind here as well.
  void bind_walruses(std::string_view text) {
    for (std::size_t at = text.find(":="); at != npos; at = text.find(":=", at + 2)) {
      const std::string_view before = trimmed(text.substr(0, at));
      std::size_t begin = before.size();
      while (begin > 0 && is_python_identifier_byte(before[begin - 1])) --begin;
      define(before.substr(begin));
    }
  }

  // In the body of a function or class: names of the module that it may bind once it runs.
  void look_for_globals(std::string_view text) {
    for (const std::string_view simple : split_outside(text, ';')) {
      for (std::string_view part : split_outside(simple, ':')) {  // also behind the head of a block on the same line
        part = trimmed(part);
        if (take_word(part) == "global") define_all(part);
      }
    }
    constexpr std::array uses{"globals()[", "globals().", "setattr(sys.modules[", "exec("};
    for (const std::string_view use : uses) {
      if (text.find(use) != npos) found_.dynamic = true;
    }
  }

  void define_all(std::string_view list) {
    for (const std::string_view name : split(list, ',')) define(trimmed(name));
  }

  void note_dynamic_use(std::string_view text) {
    constexpr std::array uses{"globals(", "exec(", "setattr(", "locals(", "vars(", "sys.modules["};
    for (const std::string_view use : uses) {
      if (text.find(use) != npos) found_.dynamic = true;
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
