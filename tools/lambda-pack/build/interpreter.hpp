// The Python interpreter that runs build backends. Private to this room.
#pragma once

#include <filesystem>
#include <string>

namespace lambda_pack {

struct Interpreter {
  std::filesystem::path executable;  // the one behind symlinks, version managers' shims and activated environments
  std::string version;               // "3.11.7"
  int minor = 0;                     // 11
  std::string identity;              // implementation, version, ABI and platform: with `executable`, what it is
};

// The interpreter that `python` (a path, or a name on the PATH; empty: python3) means in `folder`. It is run once
// to be asked; the answer is kept below `memory` for as long as the program's file stays the same and, for a shim,
// what the shim reads. Throws Error when there is none or when it is older than 3.8.
Interpreter find_interpreter(const std::string& python, const std::filesystem::path& folder,
                             const std::filesystem::path& memory);

// Whether the program is a version manager's (pyenv, asdf, mise), which decides anew in each folder what it starts.
bool is_shim(const std::filesystem::path& program);

// What decides which interpreter a shim runs in `folder`, as a text. Asking the shim itself costs 0.1 s.
std::string what_a_shim_reads(const std::filesystem::path& folder);

}  // namespace lambda_pack
