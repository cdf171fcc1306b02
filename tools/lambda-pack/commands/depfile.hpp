// Depfiles: which files and folders a step read, for the build tool.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace lambda_pack {

// The text of a Makefile-style depfile: `target` depends on `inputs`, all absolute, escaped as make, ninja and CMake's
// own translation between them all read it.
std::string depfile_text(const std::filesystem::path& target, const std::set<std::filesystem::path>& inputs);

// Whether a path can stand in a depfile: the build tools disagree about every other character.
bool can_stand_in_depfile(const std::filesystem::path& path);

// `input`, or a symbolic link to it in `links` (made when it is missing) when its own name cannot stand in a depfile;
// the build tools look at the time of what the link points to. What lies beside `links`, in a build folder that is odd
// itself, keeps its name: a link there is no better, and under it the build tool does not know that a rule makes the
// file.
std::filesystem::path depfile_name(const std::filesystem::path& input, const std::filesystem::path& links);

}  // namespace lambda_pack
