#include "lock/source_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/git_source.hpp"

namespace lambda_pack {
namespace {

std::string file_name_of(const Source& source) {
  return source.kind == SourceKind::file ? file_name_in_path(source.url) : file_name_in_url(source.url);
}

LockedFile the_file(const LockedDistribution& package) {
  const auto name = file_name_of(package.source);
  const auto known = std::find_if(package.files.begin(), package.files.end(),
                                  [&name](const LockedFile& file) { return percent_decoded(file.name) == name; });
  LockedFile file{name, {}, "", {}};
  if (known != package.files.end()) file.hashes = known->hashes;
  if (package.source.kind == SourceKind::url) {
    file.url = package.source.url.substr(0, package.source.url.find('#'));
    const auto hash = hash_in_url(package.source.url);
    if (hash && file.hashes.empty()) file.hashes.push_back(*hash);
  }
  return file;
}

}  // namespace

std::string file_name_in_url(std::string_view url) {
  url = url.substr(0, url.find('#'));  // one by one: locks have thousands, and find_first_of is slow
  url = url.substr(0, url.find('?'));
  return percent_decoded(url.substr(url.rfind('/') + 1));
}

std::string file_name_in_path(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

bool is_archive(std::string_view name) {
  const std::string_view endings[] = {".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz"};
  return std::any_of(std::begin(endings), std::end(endings), [&](auto ending) { return name.ends_with(ending); });
}

std::optional<FileHash> hash_in_url(std::string_view url) {
  const auto fragment = url.find('#');
  if (fragment == std::string_view::npos) return std::nullopt;
  for (const auto part : split(url.substr(fragment + 1), '&')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const auto hash = FileHash::parse(fmt::format("{}:{}", part.substr(0, equals), part.substr(equals + 1)));
    if (hash) return hash;
  }
  return std::nullopt;
}

FileChoice source_file(const LockedDistribution& package, const LockLabel& lock, const WheelRanking& ranking,
                       bool build_allowed) {
  const bool is_git = package.source.kind == SourceKind::git;
  if (is_git) require_commit(package, lock);
  if (is_git || package.source.kind == SourceKind::directory) return {};
  const auto file = the_file(package);
  if (file.hashes.empty() && package.source.kind == SourceKind::url) {
    throw Error(fmt::format("{} has no hash for {} of {}", lock.file, file.name, package.str()),
                lock.remake + ", with one; or put it into the URL: #sha256=...");
  }
  if (WheelName::parse(file.name)) {
    // The hash of a URL was looked at above; a path's file is its own witness.
    constexpr bool mixed_files = false, hash_required = false;
    const FileQuestion question{package.name, package.version, package.parsed_version, {file},
                                mixed_files,  build_allowed,   hash_required,          lock};
    return choose_file(question, ranking);
  }
  if (!is_archive(file.name)) {
    throw Error(
        fmt::format("{}: {} of {} is neither a wheel nor an sdist", lock.file, quote(file.name), package.str()));
  }
  if (ranking.target().machine) return {file, false};
  if (!build_allowed) {
    throw Error(fmt::format("{}: {} is an sdist, {}, and wheels are wanted", lock.file, package.str(), file.name),
                fmt::format("SOURCE_BUILDS {} builds it", package.name.str()));
  }
  return {file, true};
}

}  // namespace lambda_pack
