#include "store/places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/text.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kLongestPage = 64'000'000;
constexpr std::uint64_t kPagesFirst = ~std::uint64_t{0};

fs::path expanded(const std::string& location) {
  const char* home = std::getenv("HOME");
  if (home != nullptr && (location == "~" || location.starts_with("~/"))) return home + location.substr(1);
  return fs::absolute(location);
}

Url location_url(const std::string& location) {
  return looks_like_url(location) ? Url::parse(location) : file_url(expanded(location));
}

// A folder of files stands for a page that links to each.
IndexPage folder_page(const fs::path& folder) {
  IndexPage page{file_url(folder / ""), {}};
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    IndexFile file;
    file.name = entry.path().filename().string();
    file.href = file_url(entry.path()).request();
    file.size = entry.file_size();
    page.files.push_back(std::move(file));
  }
  return page;
}

PageOrFailure local_page(const Url& url) {
  fs::path path = url.local_path();
  std::error_code ignored;
  if (fs::is_directory(path, ignored) && fs::is_regular_file(path / "index.html", ignored)) path /= "index.html";
  try {
    if (fs::is_directory(path)) return std::make_shared<const IndexPage>(folder_page(path));
    const auto text = read_file_if_there(path);
    if (!text) return Failure{FailureKind::not_found, Error(fmt::format("there is no {}", path.string()))};
    return std::make_shared<const IndexPage>(parse_index_page(*text, "", file_url(path)));
  } catch (const fs::filesystem_error& error) {
    return Failure{FailureKind::damaged, Error(error.what())};
  } catch (const Error& error) {
    return Failure{FailureKind::damaged, error};
  }
}

PageOrFailure parsed(const TransferResult& result) {
  try {
    return std::make_shared<const IndexPage>(parse_index_page(result.body, result.content_type, result.final_url));
  } catch (const Error& error) {
    return Failure{FailureKind::damaged, error};
  }
}

}  // namespace

Url distribution_page(const Url& index_root, const DistributionName& name) {
  Url page = index_root;
  if (!page.path.ends_with('/')) page.path += '/';
  page.path += name.str() + "/";
  page.fragment.clear();
  return page;
}

Places::Places(const DownloadOptions& options, CredentialBook& credentials)
    : options_(options), credentials_(credentials) {
  for (const ProjectIndex& index : options.indexes) {
    if (index.url.empty()) continue;
    try {
      credentials_.add_index(location_url(index.url), index.name);
    } catch (const Error& error) {
      throw error.within("reading the address of the index " + quote(index.name) + " in pyproject.toml");
    }
  }
}

std::optional<Place> Places::place(const SelectedDistribution& wanted, std::size_t number) {
  const std::vector<Place> locked = locked_places(wanted);
  if (number < locked.size()) return locked[number];
  // A direct reference has no other place: what an index has under that name need not be the same.
  if (wanted.source.kind != SourceKind::index) return std::nullopt;
  number -= locked.size();
  for (const Place& place : users_places()) {
    const Place candidate =
        place.kind == Place::Kind::index ? Place{Place::Kind::index, distribution_page(place.url, wanted.name)} : place;
    if (std::find(locked.begin(), locked.end(), candidate) != locked.end()) continue;
    if (number-- == 0) return candidate;
  }
  return std::nullopt;
}

std::vector<Place> Places::locked_places(const SelectedDistribution& wanted) const {
  std::vector<Place> places;
  const Source& source = wanted.source;
  if (!wanted.file.url.empty()) places.push_back({Place::Kind::file, Url::parse(wanted.file.url)});
  switch (source.kind) {
    case SourceKind::url:
      if (places.empty()) places.push_back({Place::Kind::file, Url::parse(source.url)});
      break;
    case SourceKind::file:
      places = {{Place::Kind::file, file_url(fs::absolute(options_.lock_folder / source.url).lexically_normal())}};
      break;
    case SourceKind::index:
      if (!source.url.empty()) {
        places.push_back({Place::Kind::index, distribution_page(location_url(source.url), wanted.name)});
      }
      break;
    case SourceKind::directory:
    case SourceKind::git:
      throw Error(fmt::format("{} has no file to fetch: its source is a {}", wanted.name.str(),
                              source.kind == SourceKind::git ? "git repository" : "folder"));
  }
  return places;
}

// The environment first; the installer only when the environment names no default index.
const std::vector<Place>& Places::users_places() {
  if (users_) return *users_;
  users_.emplace();
  const IndexSettings environment = environment_indexes();
  add_users_links(environment.find_links);
  if (environment.has_default || environment.no_index) {
    add_users_indexes(environment.indexes);
    return *users_;
  }
  const IndexSettings installer = installer_indexes(options_.python, options_.lock_folder);
  add_users_links(installer.find_links);
  if (!installer.no_index) {
    add_users_indexes(environment.indexes);
    add_users_indexes(installer.indexes);
  }
  return *users_;
}

void Places::add_users_indexes(const std::vector<NamedIndex>& indexes) {
  for (const NamedIndex& index : indexes) {
    const Place place{Place::Kind::index, location_url(index.location)};
    if (std::find(users_->begin(), users_->end(), place) != users_->end()) continue;
    credentials_.add_index(place.url, index.name);
    users_->push_back(place);
  }
}

// A folder that is not there is passed over, as pip does.
void Places::add_users_links(const std::vector<std::string>& locations) {
  for (const std::string& location : locations) {
    const Place place{Place::Kind::links, location_url(location)};
    if (std::find(users_->begin(), users_->end(), place) != users_->end()) continue;
    if (place.url.is_file() && !fs::exists(place.url.local_path())) {
      explain(fmt::format("no such place for --find-links: {}", place.url.local_path().string()));
      continue;
    }
    credentials_.add_index(place.url, "");
    users_->push_back(place);
  }
}

void Pages::get(const Place& place, std::function<void(const PageOrFailure&)> done) {
  const std::string key = place.url.request();
  const auto [found, is_new] = pages_.try_emplace(key);
  Page& page = found->second;
  if (page.outcome) return done(*page.outcome);
  page.waiting.push_back(std::move(done));
  if (!is_new) return;
  // Each distribution has an index page of its own, which may be large and is rarely asked for again.
  page.kept = place.kind == Place::Kind::links;
  if (place.url.is_file()) return settle(key, local_page(place.url));
  TransferRequest request;
  request.url = place.url;
  request.accept = kIndexPageTypes;
  request.limit = kLongestPage;
  request.priority = kPagesFirst;
  transfers_.start(std::move(request), [this, key](TransferResult result) { fetched(key, std::move(result)); });
}

void Pages::fetched(const std::string& key, TransferResult result) {
  if (result.failure) return settle(key, std::move(*result.failure));
  const auto page = std::make_shared<PageOrFailure>();
  const auto text = std::make_shared<TransferResult>(std::move(result));
  workers_.run([page, text] { *page = parsed(*text); }, [this, key, page] { settle(key, std::move(*page)); });
}

void Pages::settle(const std::string& key, PageOrFailure outcome) {
  Page& page = pages_.at(key);
  const auto waiting = std::exchange(page.waiting, {});
  if (page.kept) {
    page.outcome = outcome;
  } else {
    pages_.erase(key);
  }
  for (const auto& done : waiting) done(outcome);
}

}  // namespace lambda_pack
