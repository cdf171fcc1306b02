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
  std::string version;  // "3.12.1"
  bool is_cpython = false;
  std::string machine;  // as platform tags have it: "aarch64"
  bool free_threaded = false;
};

// What a program says when it is asked, through the emulator when one is given; nothing when it does not run as Python.
std::optional<FoundInterpreter> ask_interpreter(const std::filesystem::path& program,
                                                const std::filesystem::path& emulator = {});

// Programs that may be an interpreter of 3.<minor>, the first that is one counts: `python` (CMake's; may be empty),
// python3.<minor> on the PATH, those of pyenv. Looked for without starting anything.
std::vector<std::filesystem::path> interpreter_candidates(int minor, const std::string& python);

// An interpreter of 3.<minor> that runs here: one of the candidates, else that of uv. Programs that do not answer are
// passed over.
std::optional<FoundInterpreter> search_interpreter(int minor, const std::string& python);

// This machine's name as platform tags have it.
std::string own_machine();

}  // namespace lambda_pack
