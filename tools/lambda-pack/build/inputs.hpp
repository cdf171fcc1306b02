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
// (`__pycache__`, `.mypy_cache`, …), virtual environments, `dist`, CMake build trees and `leave_out`. The rule is the
// same for every backend, since a backend may read any file of the project.
Inputs project_inputs(const std::filesystem::path& project, const std::set<std::filesystem::path>& leave_out);

}  // namespace lambda_pack
