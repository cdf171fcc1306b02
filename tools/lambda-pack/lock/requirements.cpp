#include <fmt/format.h>

#include "lock/git_source.hpp"
#include "lock/selection.hpp"

namespace lambda_pack {
namespace {

// What pip installs: a pin for an index, a direct reference (PEP 508) for a URL, and a path as pip's own form of
// requirements files, since PEP 508 has absolute `file:` URLs only.
std::string what_to_install(const SelectedDistribution& distribution) {
  switch (distribution.source.kind) {
    case SourceKind::url:
      return fmt::format(
          "{} @ {}{}{}", distribution.name.str(), distribution.file.url,
          distribution.source.subdirectory.empty() ? "" : "#subdirectory=", distribution.source.subdirectory);
    case SourceKind::file:
      return distribution.source.url.rfind('/', 0) == 0 ? distribution.source.url : "./" + distribution.source.url;
    default: return fmt::format("{}=={}", distribution.name.str(), distribution.version);
  }
}

// Where something without a file of its own is built from; empty for what has one.
std::string origin_of_build(const Source& source) {
  if (source.kind == SourceKind::git) return pip_git_url(source);
  return source.kind == SourceKind::directory ? source.url : "";
}

}  // namespace

std::string requirements_txt(const Selection& selection) {
  std::string text;
  for (const auto& distribution : selection.distributions) {
    if (const auto origin = origin_of_build(distribution.source); !origin.empty()) {
      text += fmt::format("# {}: built from {}\n", distribution.name.str(), origin);
      continue;
    }
    text += what_to_install(distribution);
    for (const auto& hash : distribution.file.hashes) text += fmt::format(" \\\n    --hash={}", hash.str());
    text += '\n';
  }
  return text;
}

}  // namespace lambda_pack
