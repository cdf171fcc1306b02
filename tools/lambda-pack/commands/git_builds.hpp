// Distributions that a lock takes from a git repository at a commit.
#pragma once

#include <filesystem>

#include "build/backend.hpp"
#include "commands/settings.hpp"
#include "lock/selection.hpp"
#include "runtime/target.hpp"
#include "store/store.hpp"

namespace lambda_pack {

inline bool is_git(const SelectedDistribution& one) { return one.source.kind == SourceKind::git; }

// The commit's wheel, in the store: the one that was built before by the same interpreter, for this target where
// something was compiled, or else built now by the source's own backend, in a copy of its checkout, for the target.
// Paths start from `lock_folder`; the project of the settings is for whom, since a shim chooses an interpreter by it.
// Throws Error when the commit cannot be fetched, when the backend fails, for a wheel of another distribution, and for
// one that does not run on the target.
std::filesystem::path build_commit(const SelectedDistribution& one, const std::filesystem::path& lock_folder,
                                   const Settings& settings, const Target& target, const BuildOptions& options,
                                   const Store& store);

}  // namespace lambda_pack
