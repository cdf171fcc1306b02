// The files of distributions of which the lock has only hashes (requirements.txt): the index is asked once which of
// its files they are, the store remembers which one the target got.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "commands/heavy.hpp"
#include "commands/settings.hpp"
#include "lock/selection.hpp"
#include "store/store.hpp"

namespace lambda_pack {

// The keys under which the store shall remember the chosen files, once it has them.
using ChoiceKeys = std::map<DistributionName, std::string>;

// Gives every distribution of the selection that has hashes only the file for the target: the one that was chosen
// before and is still in the store, else the index's best. `source` says where to look. Throws Error when one must be
// looked for offline, NeedsFullProgram in the light program.
ChoiceKeys choose_unnamed_files(Selection& selection, const Target& target, const Settings& settings,
                                const DownloadRequest& source, const std::string& lock, const Store& store);

// Gives each of `missing` the file that the index has for it. `request` has all but the wanted; throws what
// locate_files throws, NeedsFullProgram in the light program.
void locate_missing(const std::vector<SelectedDistribution*>& missing, LocateRequest request,
                    const DownloadRequest& source, const Store& store);

// "numpy 2.0.1, pandas 2.2.3", for messages.
std::string names_and_versions(const std::vector<SelectedDistribution*>& distributions);

}  // namespace lambda_pack
