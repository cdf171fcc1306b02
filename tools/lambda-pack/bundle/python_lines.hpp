// Python source cut into logical lines (Python reference, "Lexical analysis"). Pure. Private to this room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lambda_pack {

struct PythonLine {
  std::size_t indent = 0;  // columns; a tab goes on to the next multiple of 8
  std::string text;        // strings emptied, comments gone, what brackets and backslashes join in one line
};

class PythonLines {
 public:
  // Refers to `source`.
  explicit PythonLines(std::string_view source);

  // The next line, which may be empty; false at the end. What is no Python is cut somehow.
  bool next(PythonLine& line);

 private:
  void read_text(PythonLine& line);
  bool take_line_end();
  // These skip what stands at the front, in f-strings with what their braces hold.
  void skip_indent(PythonLine& line);
  void skip_comment();
  void skip_string(bool formatted);
  void skip_replacement();
  void skip_format();

  std::string_view rest_;
};

bool is_python_identifier_byte(char c);

}  // namespace lambda_pack
