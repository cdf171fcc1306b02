#include "commands/addresses.hpp"

#include <vector>

#include "base/error.hpp"
#include "commands/file_choices.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

bool needs_address(const SelectedDistribution& one) {
  return one.source.kind == SourceKind::index && one.file.url.find("://") == std::string::npos;
}

void hash_file(SelectedDistribution& one, const std::filesystem::path& lock_folder) {
  if (one.source.kind != SourceKind::file || !one.file.hashes.empty()) return;
  const auto hash = FileHash::parse("sha256:" + sha256_of_file(lock_folder / one.source.url).hex());
  one.file.hashes = {hash.value()};
}

}  // namespace

Selection with_addresses(Selection selection, const Target& target, const Settings& settings,
                         const DownloadRequest& source, const std::string& lock, const Store& store) {
  LocateRequest request{{}, {}, target, lock};
  request.source_builds.insert(settings.source_builds.begin(), settings.source_builds.end());
  std::vector<SelectedDistribution*> missing;
  for (SelectedDistribution& one : selection.distributions) {
    hash_file(one, source.lock_folder);
    if (!needs_address(one)) continue;
    missing.push_back(&one);
    // What is chosen already is found by its hashes, whatever it is.
    if (!one.file.name.empty()) request.source_builds.insert(one.name);
  }
  if (missing.empty()) return selection;
  if (settings.offline) {
    throw Error(
        "offline, and " + lock + " does not say where the files of these are: " + names_and_versions(missing),
        "export once with the network (LAMBDA_PYTHON_OFFLINE off), or requirements.txt, which has no addresses");
  }
  locate_missing(missing, std::move(request), source, store);
  return selection;
}

}  // namespace lambda_pack
