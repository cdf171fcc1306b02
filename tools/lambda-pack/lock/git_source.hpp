// Git repositories as locks name them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "lock/model.hpp"

namespace lambda_pack {

// Whether the text is what a requirement names a repository by: `git+https://…`, `git+ssh://…`, `git+file://…`.
bool is_git_url(std::string_view text);

// pip's form ("VCS Support"): `git+https://host/repo.git@v1#egg=one&subdirectory=sub`. What stands behind the `@` is
// the reference, and the resolved one as well when it is a whole commit.
Source git_source_of_pip(std::string_view url);

// The form of uv.lock: `https://host/repo.git?tag=v1&subdirectory=sub#<commit>`.
Source git_source_of_uv(std::string_view url);

// Whether the text is a whole commit: the 40 digits of SHA-1, or the 64 of SHA-256, in hexadecimal.
bool is_commit(std::string_view text);

// The repository's address; scp's `git@host:owner/repo` as the ssh address that it means, a path as it is.
std::string git_address(const Source& source);

// The repository at its commit, in pip's form.
std::string pip_git_url(const Source& source);

// Throws Error unless the package's resolved reference is a whole commit: a branch or tag is something else tomorrow.
void require_commit(const LockedDistribution& package, const LockLabel& lock);

}  // namespace lambda_pack
