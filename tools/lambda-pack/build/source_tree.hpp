// The files of a project that is no package: packaged as they lie there.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "lock/project.hpp"

namespace lambda_pack {

// Whether the project has a wheel: it, or the tool that it is for, names a build backend, or it leaves it open and
// there is a setup.py, or a setup.cfg with [metadata], in its folder.
bool has_wheel(const Project& project, const std::filesystem::path& folder);

struct SourceTree {
  std::filesystem::path root;              // absolute; what the zip's root stands for
  std::vector<std::string> files;          // below `root`, sorted
  std::set<std::filesystem::path> listed;  // every folder that was listed to find them, absolute
  std::vector<std::string> warnings;
};

// What is packaged of such a project. The root is `src` where there is one with Python in it that is no package
// itself (no `__init__.py`), else the project's folder. Of what is below the root, everything is packaged, data as
// well as Python, but:
// - anywhere: names that begin with a dot, `__pycache__` and *.pyc, virtual environments, caches, `node_modules`, build
//   trees of CMake, staged trees, *.egg-info, folders that are projects of their own (pyproject.toml), and `leave_out`;
// - at the root alone: the folders `tests`, `test`, `build` and `dist`; conftest.py and test_*.py; what describes,
//   locks or builds the project (pyproject.toml, locks, requirements*, setup.py, CMakeLists.txt, README*, LICENSE*, …);
//   zips of ours.
// Links are followed: what they lead to is packaged at the link's place. Throws Error when a folder cannot be listed;
// warns of links that lead nowhere or back to a folder they are in.
SourceTree source_tree(const std::filesystem::path& project, const std::set<std::filesystem::path>& leave_out);

}  // namespace lambda_pack
