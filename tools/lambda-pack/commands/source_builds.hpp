// Wheels made from sdists, for the target.
#pragma once

#include <filesystem>
#include <optional>

#include "build/backend.hpp"
#include "commands/settings.hpp"
#include "lock/selection.hpp"
#include "store/store.hpp"

namespace lambda_pack {

// The wheel that build_sdist() made of the same input before, when the store still has it: for this target, or without
// a compiler for all of them.
std::optional<std::filesystem::path> built_before(const SelectedDistribution& one, const Settings& settings,
                                                  const Store& store);

// Builds the distribution's sdist, which is in the store, and keeps the wheel there as well; its path. A pure sdist is
// built by `options` as they are, one with C or C++ for the target by zig. Throws Error that names the sdist: when the
// build fails (with what it lacks, a header or a library, where that can be told), when its wheel does not run on the
// target, and for Rust without what it takes. A build that fell back to pure Python is warned about.
std::filesystem::path build_sdist(const SelectedDistribution& one, const Settings& settings,
                                  const BuildOptions& options, const Store& store);

}  // namespace lambda_pack
