// Finding the files of distributions of which a lock has hashes but no file names, as a requirements file: only the
// index knows the names. Part of the library lambda_pack_network.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lock/selection.hpp"
#include "lock/wheel_choice.hpp"
#include "runtime/target.hpp"
#include "store/downloads.hpp"
#include "store/store.hpp"

namespace lambda_pack {

struct LocateRequest {
  std::vector<SelectedDistribution> wanted;  // their files have hashes, but no names
  std::set<DistributionName> source_builds;
  Target target;
  std::string lock;  // its name for messages
};

// For each of the wanted, in their order, the best file for the target among those that the first index with any of
// them lists under one of the hashes (folders of links are looked at beside it); its URL is that of the page, its
// hashes those that page and lock share. Nothing is downloaded but pages. Throws Error for a distribution that no
// place lists under such a hash, and what choose_file throws.
std::vector<FileChoice> locate_files(const LocateRequest& request, const Store& store, const DownloadOptions& options);

}  // namespace lambda_pack
