// The parts of the program whose libraries are slow to load (libcurl 7 ms, libarchive 2 ms): a build runs the helper
// hundreds of times and rarely needs them, so they are in a second program, lambda-pack-full.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "bundle/stage_tree.hpp"
#include "deploy/aws_api.hpp"
#include "deploy/aws_settings.hpp"
#include "lock/project.hpp"
#include "lock/selection.hpp"
#include "store/locate.hpp"
#include "store/store.hpp"

namespace lambda_pack {

struct DownloadRequest {
  std::vector<SelectedDistribution> wanted;
  std::vector<ProjectIndex> indexes;  // pyproject's
  std::filesystem::path lock_folder;
  std::string python;
  std::function<void(const SelectedDistribution&, const std::filesystem::path& stored)> arrived = {};
};

struct Heavy {
  std::function<void(const DownloadRequest&, const Store&)> download;
  // Names the files of the wanted distributions that have hashes only.
  std::function<std::vector<FileChoice>(const DownloadRequest&, const LocateRequest&, const Store&)> locate;
  std::function<std::filesystem::path(const std::filesystem::path& sdist, const std::filesystem::path& folder)>
      unpack_sdist;
  Unpacker unpack_items;
  // Calls AWS itself, with the CLI's credentials, where that is certain to be what the CLI would do; else null.
  std::function<std::unique_ptr<AwsApi>(const AwsChoice& choice, AwsApi& cli)> fast_aws;
};

// Thrown by the light program where it needs one of them, before it has written anything; main then becomes
// lambda-pack-full, with the same arguments.
struct NeedsFullProgram {};

// What the running program has: all of Heavy, or null.
const Heavy* heavy();
inline const Heavy& require_heavy() {
  if (heavy() == nullptr) throw NeedsFullProgram();
  return *heavy();
}

}  // namespace lambda_pack
