#include "bundle/python_lines.hpp"

#include <algorithm>

namespace lambda_pack {
namespace {

// Whether the letters right before a quote make it an f-string, or a t-string (PEP 750): their braces hold code, which
// may have quotes of its own (PEP 701).
bool has_formatting_prefix(std::string_view before) {
  std::size_t letters = 0;
  while (letters < before.size() && is_python_identifier_byte(before[before.size() - 1 - letters])) ++letters;
  if (letters == 0 || letters > 2) return false;
  return before.substr(before.size() - letters).find_first_of("fFtT") != std::string_view::npos;
}

bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

}  // namespace

bool is_python_identifier_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;  // PEP 3131
}

PythonLines::PythonLines(std::string_view source) : rest_(source) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

bool PythonLines::next(PythonLine& line) {
  line = {};
  if (rest_.empty()) return false;
  skip_indent(line);
  read_text(line);
  return true;
}

void PythonLines::read_text(PythonLine& line) {
  int depth = 0;
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (take_line_end()) {
      if (depth == 0) return;
      line.text += ' ';
    } else if (c == '#') {
      skip_comment();
    } else if (c == '\\') {
      rest_.remove_prefix(1);
      line.text += take_line_end() ? ' ' : '\\';
    } else if (c == '"' || c == '\'') {
      skip_string(has_formatting_prefix(line.text));
      line.text += "\"\"";
    } else {
      if (opens(c)) ++depth;
      if (closes(c) && depth > 0) --depth;
      line.text += c;
      rest_.remove_prefix(1);
    }
  }
}

bool PythonLines::take_line_end() {
  for (const std::string_view end : {"\r\n", "\n", "\r"}) {
    if (!rest_.starts_with(end)) continue;
    rest_.remove_prefix(end.size());
    return true;
  }
  return false;
}

void PythonLines::skip_indent(PythonLine& line) {
  for (; !rest_.empty(); rest_.remove_prefix(1)) {
    switch (rest_.front()) {
      case ' ': ++line.indent; break;
      case '\t': line.indent = (line.indent / 8 + 1) * 8; break;
      case '\f': line.indent = 0; break;
      default: return;
    }
  }
}

void PythonLines::skip_comment() { rest_.remove_prefix(std::min(rest_.find_first_of("\r\n"), rest_.size())); }

void PythonLines::skip_string(bool formatted) {
  const char mark = rest_.front();
  const bool triple = rest_.size() >= 3 && rest_[1] == mark && rest_[2] == mark;
  const std::string end(triple ? 3 : 1, mark);
  rest_.remove_prefix(end.size());
  while (!rest_.empty()) {
    if (rest_.starts_with(end)) {
      rest_.remove_prefix(end.size());
      return;
    }
    const char c = rest_.front();
    if (!triple && (c == '\n' || c == '\r')) return;  // an unfinished string ends with its line
    if (c == '\\') {  // also in raw strings it keeps the quote after it from ending the string
      rest_.remove_prefix(1);
      if (!take_line_end() && !rest_.empty()) rest_.remove_prefix(1);
    } else if (formatted && rest_.starts_with("{{")) {
      rest_.remove_prefix(2);
    } else if (formatted && c == '{') {
      rest_.remove_prefix(1);
      skip_replacement();
    } else {
      rest_.remove_prefix(1);
    }
  }
}

void PythonLines::skip_replacement() {
  int depth = 0;
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (c == '"' || c == '\'') {
      // Nothing tells an f-string within from another string here; its braces and quotes pair all the same.
      skip_string(false);
      continue;
    }
    if (c == '#') {
      skip_comment();
      continue;
    }
    if (c == ':' && depth == 0) return skip_format();
    rest_.remove_prefix(1);
    if (opens(c)) ++depth;
    if (closes(c) && depth-- == 0) return;
  }
}

// The format after the colon: quotes are fill characters there.
void PythonLines::skip_format() {
  while (!rest_.empty() && rest_.front() != '\n' && rest_.front() != '\r') {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '}') return;
    if (c == '{') skip_replacement();
  }
}

}  // namespace lambda_pack
