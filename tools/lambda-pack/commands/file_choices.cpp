#include "commands/file_choices.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

// Everything that the choice depends on but the index: the hashes say which of its files are meant.
std::string choice_key(const SelectedDistribution& one, const Settings& settings, bool build_allowed) {
  std::string text = "choice 1\n" + one.name.str() + "\n" + one.version + "\n" + settings.runtime + "\n" +
                     (settings.any_architecture ? "any" : settings.architecture) + (build_allowed ? "\nbuild\n" : "\n");
  for (const FileHash& hash : one.file.hashes) text += hash.str() + "\n";
  return sha256_of(text).hex();
}

void take(SelectedDistribution& one, const std::filesystem::path& stored) {
  one.file = {stored.filename().string(), {{"sha256", Store::digest_of(stored).hex()}}, "", {}};
  one.build = stored.extension() != ".whl";
}

}  // namespace

std::string names_and_versions(const std::vector<SelectedDistribution*>& distributions) {
  std::vector<std::string> names;
  for (const SelectedDistribution* one : distributions) names.push_back(one->name.str() + " " + one->version);
  return join(names);
}

void locate_missing(const std::vector<SelectedDistribution*>& missing, LocateRequest request,
                    const DownloadRequest& source, const Store& store) {
  for (const SelectedDistribution* one : missing) request.wanted.push_back(*one);
  std::vector<FileChoice> choices = require_heavy().locate(source, request, store);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    missing[i]->file = std::move(choices[i].file);
    missing[i]->build = choices[i].build;
  }
}

ChoiceKeys choose_unnamed_files(Selection& selection, const Target& target, const Settings& settings,
                                const DownloadRequest& source, const std::string& lock, const Store& store) {
  const std::set<DistributionName> source_builds(settings.source_builds.begin(), settings.source_builds.end());
  ChoiceKeys keys;
  std::vector<SelectedDistribution*> missing;
  for (SelectedDistribution& one : selection.distributions) {
    const bool is_built = one.source.kind == SourceKind::directory || one.source.kind == SourceKind::git;
    if (!one.file.name.empty() || is_built) continue;
    const std::string key = choice_key(one, settings, source_builds.count(one.name) > 0);
    if (const auto stored = store.built(key)) {
      take(one, *stored);
      continue;
    }
    keys.emplace(one.name, key);
    missing.push_back(&one);
  }
  if (missing.empty()) return keys;
  if (settings.offline) {
    throw Error("offline, and not in the store " + store.root().string() + ": " + names_and_versions(missing),
                "build once with the network (LAMBDA_PYTHON_OFFLINE off), or copy a filled store there");
  }
  locate_missing(missing, {{}, source_builds, target, lock}, source, store);
  return keys;
}

}  // namespace lambda_pack
