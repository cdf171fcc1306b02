#include "system/report.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

Verbosity level = Verbosity::normal;

bool is_dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb" || *term == '\0';
}

// https://no-color.org: set and not empty.
bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) && !is_dumb_terminal() && (no_colour == nullptr || *no_colour == '\0');
}

std::string painted(std::string_view text, std::string_view code) {
  if (!wants_colour()) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

// One write a line, so that the lines of helpers that run side by side do not mix.
void put(std::string line) {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

void reserve_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    // The lowest free descriptor, which is this one.
    if (open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY) != stream) return;
  }
}

void set_verbosity(Verbosity verbosity) { level = verbosity; }
Verbosity verbosity() { return level; }

void say(std::string_view line) {
  if (level != Verbosity::quiet) put(std::string(line));
}

void explain(std::string_view line) {
  if (level == Verbosity::verbose) put(std::string(line));
}

void warn(std::string_view line) { put("lambda-pack: " + painted("warning:", "33;1") + " " + std::string(line)); }

void print_error(const Error& error) {
  std::string text = painted("lambda-pack:", "31;1") + " " + error.what();
  if (!error.hint().empty()) {
    for (const std::string_view line : split(error.hint(), '\n')) {
      text += "\n" + painted("hint:", "36;1") + " " + std::string(line);
    }
  }
  put(text);
}

bool terminal_progress() { return level != Verbosity::quiet && isatty(STDERR_FILENO) != 0 && !is_dumb_terminal(); }

}  // namespace lambda_pack
