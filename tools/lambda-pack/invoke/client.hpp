// What runs functions of a target on this machine: an interpreter and the runtime interface client.
#pragma once

#include <filesystem>
#include <string>

#include "invoke/execution_environment.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

struct ClientRequest {
  Target target;
  std::string interpreter;             // the user's choice (LAMBDA_PYTHON_INTERPRETER); empty: look for one
  std::string python;                  // what CMake's find_package(Python3) found; tried before the PATH
  bool native_code = true;             // whether the task root holds machine code of the target's architecture
  bool debugger = false;               // debugpy as well
  std::filesystem::path environments;  // kept folders of clients
  std::filesystem::path project;       // for whom: indexes configured there count
  bool offline = false;
};

// Finds an interpreter of the runtime's own minor (the user's choice, CMake's, python3.X on the PATH, pyenv, uv) and
// installs awslambdaric and boto3 for it once. Throws Error with the command that installs what is missing.
Client client_for(const ClientRequest& request);

// Whether the folder has ELF files below it.
bool holds_machine_code(const std::filesystem::path& folder);

// The interpreter alone: what tests run with.
std::filesystem::path interpreter_of_minor(const ClientRequest& request);

}  // namespace lambda_pack
