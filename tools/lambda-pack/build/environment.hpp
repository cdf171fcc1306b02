// Kept virtual environments for build backends. Private to this room.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "build/interpreter.hpp"

namespace lambda_pack {

// What an environment is made from, and where it is kept.
struct EnvironmentRequest {
  Interpreter interpreter;
  std::vector<std::string> requirements;  // PEP 508
  std::filesystem::path environments;     // the folder that holds all of them
  std::filesystem::path project;          // for whom: indexes configured there count, and errors name it
  bool offline = false;
};

// SHA-256 in hexadecimal over the interpreter, the requirements in any order, and how environments are made.
std::string key_of(const EnvironmentRequest& request);

// The folder of a virtual environment that holds the requirements, bytecode compiled; made on first use. Any
// number of processes may ask at once: one makes it, the others wait. An interrupted one is never used. Throws
// Error with the tool's output when it cannot be made.
std::filesystem::path environment_for(const EnvironmentRequest& request);

// Makes `folder`, which is empty or missing, a virtual environment without any distribution (uv) or with pip (venv).
// Throws Error with the tool's output, and says what a system package lacks; `project` is for whom it is.
void make_empty_environment(const Interpreter& interpreter, const std::filesystem::path& folder,
                            const std::filesystem::path& project);

}  // namespace lambda_pack
