#include <fmt/format.h>

#include "lock/selection.hpp"

namespace lambda_pack {
namespace {

// What pip installs: a pin for an index, a direct reference (PEP 508) for a URL, and a path as pip's own form of
// requirements files, since PEP 508 has absolute `file:` URLs only.
std::string what_to_install(const SelectedDistribution& distribution) {
  switch (distribution.source.kind) {
    case SourceKind::url:
      return fmt::format("{} @ {}", distribution.name.str(), distribution.file.url);
    case SourceKind::file:
      return distribution.source.url.rfind('/', 0) == 0 ? distribution.source.url : "./" + distribution.source.url;
    default:
      return fmt::format("{}=={}", distribution.name.str(), distribution.version);
  }
}

}  // namespace

std::string requirements_txt(const Selection& selection) {
  std::string text;
  for (const auto& distribution : selection.distributions) {
    if (distribution.source.kind == SourceKind::directory) {
      text += fmt::format("# {}: built from {}\n", distribution.name.str(), distribution.source.url);
      continue;
    }
    text += what_to_install(distribution);
    for (const auto& hash : distribution.file.hashes) text += fmt::format(" \\\n    --hash={}", hash.str());
    text += '\n';
  }
  return text;
}

}  // namespace lambda_pack
