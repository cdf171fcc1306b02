#include "lock/wheel_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/text.hpp"
#include "runtime/runtime.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kWheelSuffix = ".whl";

struct NamedWheel {
  const LockedFile* file;
  WheelName name;
};

// The question's files by kind, of the right version only.
struct Files {
  std::vector<NamedWheel> wheels;
  std::vector<const LockedFile*> sdists;
};

bool is_right(const FileQuestion& question, const Version& version) {
  return !question.mixed_files || version == question.parsed_version;
}

Files sorted_out(const FileQuestion& question) {
  Files files;
  for (const auto& file : question.files) {
    if (auto wheel = WheelName::parse(file.name)) {
      if (is_right(question, wheel->version)) files.wheels.push_back({&file, *std::move(wheel)});
    } else if (const auto version = sdist_version(file.name, question.name); version && is_right(question, *version)) {
      files.sdists.push_back(&file);
    }
  }
  return files;
}

// The best of the question's wheels that run on the ranking's target. Only of those is the whole name read: large locks
// name tens of thousands of others.
const LockedFile* best_wheel(const FileQuestion& question, const WheelRanking& ranking) {
  const LockedFile* best = nullptr;
  std::size_t best_rank = 0;
  std::optional<WheelName> best_name;
  for (const auto& file : question.files) {
    const auto rank = ranking.rank(file.name);
    if (!rank || (best != nullptr && *rank > best_rank)) continue;
    auto name = WheelName::parse(file.name);
    if (!name || !is_right(question, name->version)) continue;
    const auto better = [&] {
      if (*rank != best_rank) return *rank < best_rank;
      if (name->build != best_name->build) return name->build > best_name->build;
      return file.name < best->name;
    };
    if (best != nullptr && !better()) continue;
    best = &file;
    best_rank = *rank;
    best_name = std::move(name);
  }
  return best;
}

// A platform for people who deploy to Linux: the others by their system's name, and nothing for manylinux1, 2010
// and 2014 beside the same promise in PEP 600's form.
std::string shown_platform(const std::string& platform, const std::vector<Tag>& tags) {
  const std::string_view text = platform;
  if (text.starts_with("macosx_")) return "macos";
  if (text.starts_with("win")) return "windows";
  const bool is_alias = text.starts_with("manylinux") && !text.starts_with("manylinux_");
  const bool told = std::any_of(tags.begin(), tags.end(), [](const Tag& tag) {
    return std::string_view(tag.platform).starts_with("manylinux_");
  });
  return is_alias && told ? "" : platform;
}

// The tags of all wheels, compact: interpreters and ABIs that share their platforms together, such as
// `cp310-cp310, cp311-cp311 on manylinux_2_17_x86_64, windows`.
std::string tags_there_are(const std::vector<NamedWheel>& wheels) {
  std::map<std::string, std::set<std::string>> platforms_of;
  for (const auto& wheel : wheels) {
    for (const auto& tag : wheel.name.tags) {
      const auto shown = shown_platform(tag.platform, wheel.name.tags);
      if (!shown.empty()) platforms_of[tag.python + "-" + tag.abi].insert(shown);
    }
  }
  std::map<std::set<std::string>, std::vector<std::string>> grouped;
  for (const auto& [abi, platforms] : platforms_of) grouped[platforms].push_back(abi);
  std::vector<std::string> texts;
  for (const auto& [platforms, abis] : grouped) {
    texts.push_back(join(abis) + " on " + join({platforms.begin(), platforms.end()}));
  }
  std::sort(texts.begin(), texts.end());
  return join(texts, "; ");
}

// "python3.12 (x86_64, arm64), python3.11 (x86_64)": newest first.
std::string targets_with_a_wheel(const FileQuestion& question) {
  std::vector<std::string> texts;
  const auto runtimes = known_runtimes();
  for (auto runtime = runtimes.rbegin(); runtime != runtimes.rend(); ++runtime) {
    std::vector<std::string> architectures;
    for (const auto architecture : {Architecture::x86_64, Architecture::arm64}) {
      if (best_wheel(question, WheelRanking({&*runtime, architecture})) == nullptr) continue;
      architectures.emplace_back(lambda_name(architecture));
    }
    if (!architectures.empty()) texts.push_back(fmt::format("{} ({})", runtime->id, join(architectures)));
  }
  return join(texts);
}

[[noreturn]] void no_wheel(const FileQuestion& question, const Files& files, const WheelRanking& ranking) {
  const auto& target = ranking.target();
  std::vector<std::string> hints;
  if (target.any_architecture) {
    hints.push_back(fmt::format(
        "a layer for both architectures holds no machine code: make one layer for each of the ARCHITECTURES, or leave {} "
        "out of it (DISTRIBUTIONS, PROVIDED)",
        question.name.str()));
  }
  if (const auto targets = targets_with_a_wheel(question); !targets.empty()) {
    hints.push_back("it has a wheel for " + targets);
  }
  if (!files.sdists.empty()) {
    hints.push_back(fmt::format("SOURCE_BUILDS {} builds it from {}", question.name.str(), files.sdists.front()->name));
  }
  if (hints.empty())
    hints.push_back("lock another version of it, or leave it out with PROVIDED " + question.name.str());
  throw Error(
      fmt::format("{}: no wheel of {} {} runs on {} (best tag {}); {}", question.lock.file, question.name.str(),
                  question.version, target.str(), ranking.best_tag().str(),
                  files.wheels.empty() ? "it has no wheels" : "its wheels have " + tags_there_are(files.wheels)),
      join(hints, "\n"));
}

[[noreturn]] void no_files(const FileQuestion& question) {
  throw Error(fmt::format("{} lists no files for {} {}", question.lock.file, question.name.str(), question.version),
              question.lock.remake + ", with the files and their hashes");
}

const LockedFile& best_sdist(const std::vector<const LockedFile*>& sdists) {
  const auto rank = [](const LockedFile* file) {
    const std::string_view name = file->name;
    const bool is_zip = name.size() > 4 && name.substr(name.size() - 4) == ".zip";
    return std::make_tuple(is_zip, name);
  };
  return **std::min_element(sdists.begin(), sdists.end(),
                            [&](const auto* left, const auto* right) { return rank(left) < rank(right); });
}

void require_hash(const FileQuestion& question, const LockedFile& file) {
  if (!question.hash_required || !file.hashes.empty()) return;
  throw Error(fmt::format("{} has no hash of SHA-256 or stronger for {}", question.lock.file, file.name),
              question.lock.remake + ", with hashes");
}

LockedFile all_in_one(const FileQuestion& question, const Files& files) {
  auto all = files.sdists;
  for (const auto& wheel : files.wheels) all.push_back(wheel.file);
  LockedFile result;
  for (const auto* file : all) {
    require_hash(question, *file);
    result.hashes.insert(result.hashes.end(), file->hashes.begin(), file->hashes.end());
  }
  if (all.size() == 1) return *all.front();
  std::sort(result.hashes.begin(), result.hashes.end(),
            [](const FileHash& left, const FileHash& right) { return left.str() < right.str(); });
  return result;
}

}  // namespace

WheelRanking::WheelRanking(const Target& target) : target_(target) {
  const auto tags = compatible_tags(target);
  best_ = tags.front();
  for (std::size_t i = 0; i < tags.size(); ++i) ranks_.emplace(tags[i], i);
}

std::optional<std::size_t> WheelRanking::rank(const WheelName& wheel) const { return best_of(wheel.tags); }

std::optional<std::size_t> WheelRanking::best_of(const std::vector<Tag>& tags) const {
  std::optional<std::size_t> best;
  for (const auto& tag : tags) {
    const auto found = ranks_.find(tag);
    if (found != ranks_.end() && (!best || found->second < *best)) best = found->second;
  }
  return best;
}

std::optional<std::size_t> WheelRanking::rank(const std::string& file_name) const {
  const std::string_view name = file_name;
  if (!name.ends_with(kWheelSuffix)) return std::nullopt;
  const auto stem = name.substr(0, name.size() - kWheelSuffix.size());
  auto dash = stem.rfind('-');
  for (int i = 0; i < 2 && dash != std::string_view::npos && dash > 0; ++i) dash = stem.rfind('-', dash - 1);
  if (dash == std::string_view::npos) return std::nullopt;
  const auto [entry, is_new] = seen_.try_emplace(std::string(stem.substr(dash + 1)));
  if (is_new) entry->second = rank_of_tags(entry->first);
  return entry->second;
}

std::optional<std::size_t> WheelRanking::rank_of_tags(const std::string& text) const {
  try {
    return best_of(parse_tags(text));
  } catch (const Error&) {
    return std::nullopt;
  }
}

FileChoice choose_file(const FileQuestion& question, const WheelRanking& ranking) {
  if (!ranking.target().machine) {
    if (const auto* wheel = best_wheel(question, ranking)) {
      require_hash(question, *wheel);
      return {*wheel, false};
    }
  }
  const auto files = sorted_out(question);
  if (files.wheels.empty() && files.sdists.empty()) no_files(question);
  if (ranking.target().machine) return {all_in_one(question, files), false};
  if (files.sdists.empty() || !question.build_allowed) no_wheel(question, files, ranking);
  const auto& sdist = best_sdist(files.sdists);
  require_hash(question, sdist);
  return {sdist, true};
}

}  // namespace lambda_pack
