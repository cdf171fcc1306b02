// What a build reads of the repository around a project. Private to this room.
#pragma once

#include <filesystem>

#include "build/inputs.hpp"

namespace lambda_pack {

// Adds the .gitignore files above the project in its git repository, since backends leave out what git ignores;
// and for a project that takes its version from git (setuptools-scm, hatch-vcs, …) what a commit, a checkout or a
// tag changes. Nothing outside of a repository.
void add_version_control(const std::filesystem::path& project, Inputs& inputs);

}  // namespace lambda_pack
