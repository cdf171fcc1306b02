// What of a project says what it needs: its pyproject.toml, its lock, and what the lock refers to.
#pragma once

#include <filesystem>
#include <set>

#include "commands/settings.hpp"
#include "lock/project.hpp"
#include "lock/select.hpp"

namespace lambda_pack {

// The lock: the one named, or the only one in the project's folder, or, without one there, the uv.lock of the nearest
// folder above, which is that of the workspace. Throws Error for none and for several.
std::filesystem::path lock_file(const Settings& settings);

// Every file of the folder that lock_file() would take for a lock, there or not.
std::set<std::filesystem::path> lock_files_of(const std::filesystem::path& project);

// pyproject.toml; where there is none, but a lock that says all by itself (requirements.txt, pylock.toml), a project of
// which nothing is said. Throws Error for neither.
Project described_project(const Settings& settings);

// This machine's files and environment, for locks that refer to them; the paths that are asked for are added to `read`.
LockSurroundings lock_surroundings(std::set<std::filesystem::path>* read);

}  // namespace lambda_pack
