// Which files of a project its build may read.
#pragma once

#include <filesystem>
#include <set>
#include <vector>

namespace lambda_pack {

// Files and the folders listed to find them, absolute and sorted; what a step's depfile names.
struct Inputs {
  std::set<std::filesystem::path> files;
  std::set<std::filesystem::path> folders;
};

// Everything below the project's folder that a build backend could read: all of it but version control, caches
// (`__pycache__`, `.mypy_cache`, …, whatever holds a CACHEDIR.TAG), virtual environments, `node_modules`,
// `*.egg-info`, CMake build trees (known by CMakeCache.txt), the project's own `dist` when only wheels and sdists
// are in it, and the folders and files of `leave_out`. The rule is the same for every backend, since a backend may
// read any file of the project. Beside these, what backends read of the repository around the project: the
// .gitignore files above it and, when it takes its version from git, what commits and tags change.
//
// A folder reached through a symlink is listed once, under the link, unless it was met already; links that lead
// nowhere and folders that may not be read are no inputs. Throws Error when the project itself cannot be listed.
Inputs project_inputs(const std::filesystem::path& project, const std::set<std::filesystem::path>& leave_out);

}  // namespace lambda_pack
