// Where the files of a selection are, for what is written down for other installers.
#pragma once

#include <string>

#include "commands/heavy.hpp"
#include "commands/settings.hpp"
#include "lock/selection.hpp"
#include "runtime/target.hpp"
#include "store/store.hpp"

namespace lambda_pack {

// The selection with an address for every file from an index (of those whose lock gives none, as Poetry's and
// requirements files, an index is asked) and a hash for every file by path. `source` says where to look, `lock` names
// the lock in messages. Throws Error offline when an index would have to be asked, and NeedsFullProgram when the light
// program runs then.
Selection with_addresses(Selection selection, const Target& target, const Settings& settings,
                         const DownloadRequest& source, const std::string& lock, const Store& store);

}  // namespace lambda_pack
