// One line on a terminal that is written again and again, until something else is said.
#pragma once

#include <string>

namespace lambda_pack {

class StatusLine {
 public:
  StatusLine();
  ~StatusLine();  // leaves a clean line

  // Whether stderr is such a terminal; elsewhere nothing is shown.
  bool is_there() const noexcept { return terminal_; }
  // Cut to the terminal's width.
  void show(const std::string& text);
  // Takes the line off the terminal.
  void clear();

 private:
  bool terminal_;
  bool on_screen_ = false;
};

}  // namespace lambda_pack
