// Python interpreters on this machine, and what they are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lambda_pack {

struct FoundInterpreter {
  std::filesystem::path executable;  // the one behind shims and virtual environments
  int major = 0, minor = 0;
  std::string machine;               // as platform tags have it: "aarch64"
  bool free_threaded = false;
};

// What a program says when it is asked, through the emulator when one is given; nothing when it does not run as Python.
std::optional<FoundInterpreter> ask_interpreter(const std::filesystem::path& program,
                                                const std::filesystem::path& emulator = {});

// An interpreter of 3.<minor> that runs here: `python` (CMake's; may be empty) when it is one, python3.<minor> on the
// PATH, that of pyenv, that of uv. Programs that do not answer are passed over.
std::optional<FoundInterpreter> search_interpreter(int minor, const std::string& python);

// This machine's name as platform tags have it.
std::string own_machine();

}  // namespace lambda_pack
