#include "system/status_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "system/report.hpp"

namespace lambda_pack {
namespace {

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

}  // namespace

StatusLine::StatusLine() : terminal_(terminal_progress()) {}
StatusLine::~StatusLine() { clear(); }

void StatusLine::show(const std::string& text) {
  if (!terminal_) return;
  on_screen_ = true;
  // A line that wraps could not be rewritten.
  std::fputs(("\r\033[K" + text.substr(0, terminal_width() - 1)).c_str(), stderr);
  std::fflush(stderr);
}

void StatusLine::clear() {
  if (!on_screen_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  on_screen_ = false;
}

}  // namespace lambda_pack
