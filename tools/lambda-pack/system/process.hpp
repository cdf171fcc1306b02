// Running other programs.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lambda_pack {

struct Command {
  std::vector<std::string> arguments;                             // [0] is the program, looked up on the PATH
  std::filesystem::path folder;                                   // working folder; empty: this process's
  std::map<std::string, std::optional<std::string>> environment;  // set, or removed when nothing
  std::string input;                                              // standard input; empty: /dev/null
};

struct Outcome {
  int exit_code = 0;        // 128 + signal when a signal ended it
  std::string output;       // standard output
  std::string diagnostics;  // standard error
  bool succeeded() const { return exit_code == 0; }
};

// Runs the command to its end and captures both outputs; SIGPIPE must be ignored, as main has it. Throws Error when it
// cannot be started (names the program).
// SIGINT reaches the child as well (same process group); when the child dies of it, so does this program (130).
Outcome run(const Command& command);

// Becomes the program: the same process, its streams, its exit code. `input` does not count. Throws Error when the
// program cannot be started.
[[noreturn]] void become_program(const Command& command);

// The program's full path on the PATH, or nothing.
std::optional<std::filesystem::path> find_program(const std::string& name);

// The folder and full path of the program that runs now.
std::filesystem::path this_executable();

}  // namespace lambda_pack
