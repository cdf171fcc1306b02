// Distributions that a lock takes from a folder: path dependencies and members of the same workspace. Each is built by
// its own backend, from what lies in its folder now.
#pragma once

#include <filesystem>

#include "build/backend.hpp"
#include "build/inputs.hpp"
#include "commands/settings.hpp"
#include "lock/project.hpp"
#include "lock/selection.hpp"
#include "runtime/target.hpp"
#include "store/store.hpp"

namespace lambda_pack {

inline bool is_folder(const SelectedDistribution& one) { return one.source.kind == SourceKind::directory; }

// What the backends of the selection's folders may read. Throws Error for a folder that is not there or cannot be
// built.
Inputs folder_inputs(const Selection& selection, const std::filesystem::path& lock_folder);

// The folder's wheel, in the store, with what it compiles compiled for the target. Throws Error as folder_inputs does,
// when the backend fails, and for a wheel that is another distribution's or does not run on the target.
std::filesystem::path build_folder(const SelectedDistribution& one, const std::filesystem::path& lock_folder,
                                   const Settings& settings, const Target& target, const BuildOptions& options,
                                   const Store& store);

// The folder's editable wheel (build_editable), below `output`, which is emptied of other wheels. Throws as
// build_folder.
std::filesystem::path build_editable_folder(const SelectedDistribution& one, const std::filesystem::path& lock_folder,
                                            const std::filesystem::path& output, const BuildOptions& options,
                                            const Store& store);

// What that wheel depends on (editable_key). Throws Error when the folder is not there.
std::string editable_folder_key(const SelectedDistribution& one, const std::filesystem::path& lock_folder);

// How the source in `folder` is built. Throws Error when it has nothing to build.
BuildSystem build_system_of(const std::filesystem::path& folder);

// Throws Error unless the wheel is one of the distribution; `origin` is where it was built from.
void require_wheel_of(const DistributionName& name, const std::filesystem::path& wheel, const std::string& origin);

}  // namespace lambda_pack
