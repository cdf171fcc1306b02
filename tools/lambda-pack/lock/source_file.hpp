// The file of a distribution that the lock takes from a URL or a path instead of an index. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lock/model.hpp"
#include "lock/wheel_choice.hpp"

namespace lambda_pack {

// The one file of a url or file source, when the target can use it: a wheel that runs there, or, when
// `build_allowed` or on this machine, an sdist; of a folder, which is built where it lies, and of a git repository at
// its commit, nothing. Throws Error for one that cannot be used, for a URL without a hash, for a git source without a
// commit, and on this machine for folders and git sources.
FileChoice source_file(const LockedDistribution& package, const LockLabel& lock, const WheelRanking& ranking,
                       bool build_allowed);

// The name of the file that a URL or a path ends in: without query and fragment, percent-decoded in a URL.
std::string file_name_in_url(std::string_view url);
std::string file_name_in_path(std::string_view path);

// Whether a file of that name is a tar or zip archive, as sdists are.
bool is_archive(std::string_view file_name);

// The hash that a direct URL carries in its fragment, `#sha256=…`, alone or among others joined by `&`.
std::optional<FileHash> hash_in_url(std::string_view url);

}  // namespace lambda_pack
