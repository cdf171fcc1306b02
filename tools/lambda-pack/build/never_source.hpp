// What in a project's folder is never its source, whatever the backend: tools made it. Private to this room.
#pragma once

#include <string_view>

namespace lambda_pack {

// By a file's or folder's own name: version control, caches, what tools installed or leave behind.
bool is_never_source(std::string_view name);

// Whether a folder that has something of this name was made by a tool: a CMake build tree, a virtual environment
// (PEP 405), a cache (https://bford.info/cachedir), a conda environment, a staged tree of ours.
bool marks_made_folder(std::string_view name);

}  // namespace lambda_pack
