// Virtual environments of a package, for this machine: from the same lock as its zip.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands/settings.hpp"

namespace lambda_pack {

enum class Purpose { editing, testing };

// What `poetry install` makes: main dependencies, the groups that the lock's tool installs unasked, those of the
// package and `groups`, the package's extras, and the project in editable form, at settings.venv, or beside it when
// `groups` ask for more. Libraries that the lock takes from folders are there in editable form where it says so, or
// else as they are now; what it takes from git is built. Returns its folder. For testing, throws Error when pytest is
// not among all that, and says which group has it.
std::filesystem::path project_environment(const Settings& settings, const std::filesystem::path& interpreter,
                                          const std::vector<std::string>& groups, Purpose purpose);

// The groups alone (empty: those that the lock's tool installs unasked), beside settings.venv. Throws Error that says
// which group has pytest, when they have it not.
std::filesystem::path tests_environment(const Settings& settings, const std::filesystem::path& interpreter,
                                        const std::vector<std::string>& groups);

}  // namespace lambda_pack
