// Virtual environments that hold what a lock says: for tests, editors and shells on this machine.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lock/project.hpp"
#include "standards/marker.hpp"

namespace lambda_pack {

struct VirtualEnvironmentRequest {
  std::filesystem::path folder;             // where it stands: ours alone
  std::filesystem::path interpreter;        // what it is made of
  std::string requirements;                 // every distribution with its hashes, as requirements_txt() has it
  std::vector<std::string> indexes;         // addresses of indexes that the lock names beside the user's own
  std::filesystem::path lock_folder;        // which relative paths of the requirements start from
  std::filesystem::path project;            // for whom
  std::optional<BuildSystem> build_system;  // of the project, to install it in editable form (PEP 660); nothing: do not
  // Further wheels, of what a lock takes from folders and repositories and therefore without hashes. `wheels_key`
  // changes whenever they do; `wheels` brings them when the environment is made, new ones into the empty folder that it
  // is given.
  std::string wheels_key;
  std::function<std::vector<std::filesystem::path>(const std::filesystem::path& scratch)> wheels;
  std::filesystem::path environments;  // kept environments of build backends
  bool offline = false;
};

// Makes the virtual environment hold exactly what is asked for, by uv when found, else by venv and pip, which verify
// every file's hash and build what has only an sdist; whether it was made, since one that was made from the same
// interpreter, requirements, wheels and pyproject.toml stays. Any number of processes may ask at once; an interrupted
// one is made anew. Throws Error with the tool's output when it cannot be made, and for a folder that has content and
// is no environment of ours.
bool update_virtual_environment(const VirtualEnvironmentRequest& request);

// What the editable form of a project depends on: it follows its source, but not the metadata and the entry points of
// its pyproject.toml.
std::string editable_key(const std::filesystem::path& folder);

// Where a virtual environment of Python 3.<minor> has its distributions.
std::filesystem::path site_packages(const std::filesystem::path& environment, int minor);

// What an interpreter of this machine answers for the variables of markers.
MarkerEnvironment machine_markers(const std::filesystem::path& interpreter);

}  // namespace lambda_pack
