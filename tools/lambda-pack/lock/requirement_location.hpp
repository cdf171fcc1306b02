// Requirements that name a place instead of a version: URLs, files, folders, git repositories. Pure.
#pragma once

#include <string>
#include <string_view>

#include "lock/model.hpp"
#include "lock/select.hpp"
#include "standards/requirement.hpp"

namespace lambda_pack {

// The folder of a requirements file: as the program reaches it, and as the lock names it, which may have included it.
struct RequirementsFolder {
  std::string path;      // "" or with a `/` at its end
  std::string relative;  // to the lock's own folder, likewise
};

// Whether the text is pip's own form of a requirement, a place without a name before it.
bool is_location(std::string_view text);

// Whether the text, without what may follow the place, is the folder itself: the project's line in its own lock.
bool is_folder_itself(std::string_view text, const RequirementsFolder& folder);

// What a URL or path means, the path relative to the lock's folder. Neither wheel nor archive: a folder.
Source source_at(std::string_view location, const RequirementsFolder& folder);

struct LocatedRequirement {
  Requirement requirement;
  Source source;
};

// Reads pip's own form, with extras and marker behind the place. The name comes from the wheel's name, from `#egg=`, or
// from the folder's pyproject.toml. Throws Error naming `place` where there is none.
LocatedRequirement read_location(const std::string& text, const RequirementsFolder& folder,
                                 const LockSurroundings& around, const std::string& place);

}  // namespace lambda_pack
