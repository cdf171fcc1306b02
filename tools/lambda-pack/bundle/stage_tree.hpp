// A bundle as a folder, updated in place.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"

namespace lambda_pack {

// A file of an archive and where it goes; what archive/unpack.hpp's unpack_items takes.
struct StageItem {
  std::string entry;
  std::filesystem::path destination;
  bool executable = false;
};
using Unpacker = std::function<void(const std::filesystem::path& archive, const std::vector<StageItem>& items)>;

// What a staged folder carries: the mark that it is ours, and the size, CRC-32 and file time of each file.
inline constexpr std::string_view kStageMarker = ".lambda-pack-stage";

struct StageOutcome {
  std::size_t written = 0, removed = 0, kept = 0;  // files
};

// Makes `folder` hold the bundle's files and nothing else but the marker: writes what is missing or differs, removes
// the rest. Throws Error before touching anything when the folder has content and no marker.
StageOutcome update_stage(const Bundle& bundle, const std::filesystem::path& folder, const Unpacker& unpack);

}  // namespace lambda_pack
