#include "store/locate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "base/text.hpp"
#include "store/file_download.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

std::vector<FileHash> shared_hashes(const IndexFile& listed, const std::vector<FileHash>& locked) {
  std::vector<FileHash> shared;
  for (const FileHash& hash : locked) {
    if (std::find(listed.hashes.begin(), listed.hashes.end(), hash) != listed.hashes.end()) shared.push_back(hash);
  }
  return shared;
}

// One distribution on its way through the places.
class FileSearch {
 public:
  FileSearch(DownloadContext& context, const SelectedDistribution& wanted) : context_(context), wanted_(wanted) {}

  void begin() { look_at_next_place(); }
  bool ended() const { return ended_; }
  const std::vector<LockedFile>& files() const { return files_; }
  const std::vector<Failure>& failures() const { return failures_; }

 private:
  void look_at_next_place() {
    std::optional<Place> place;
    try {
      place = context_.places.place(wanted_, next_place_++);
    } catch (const Error& error) {  // the user's installer could not be asked
      failures_.push_back({FailureKind::not_found, error});
    }
    if (!place) {
      ended_ = true;
      return;
    }
    const bool is_index = place->kind == Place::Kind::index;
    context_.pages.get(*place, [this, is_index](const PageOrFailure& outcome) {
      page_came(outcome);
      if (is_index && !files_.empty()) {
        ended_ = true;
      } else {
        look_at_next_place();
      }
    });
  }

  void page_came(const PageOrFailure& outcome) {
    if (const Failure* failure = std::get_if<Failure>(&outcome)) return failures_.push_back(*failure);
    const IndexPage& page = *std::get<std::shared_ptr<const IndexPage>>(outcome);
    for (const IndexFile& listed : page.files) {
      auto hashes = shared_hashes(listed, wanted_.file.hashes);
      if (hashes.empty()) hashes = hashes_of_local_file(page, listed);
      if (hashes.empty() || is_known(listed.name)) continue;
      files_.push_back({listed.name, std::move(hashes), page.url_of(listed).request(), listed.size});
    }
  }

  // A folder says no hashes: those of its files of this distribution are read.
  std::vector<FileHash> hashes_of_local_file(const IndexPage& page, const IndexFile& listed) const {
    if (!listed.hashes.empty()) return {};
    const auto wheel = WheelName::parse(listed.name);
    const bool may_be_it =
        wheel ? wheel->name == wanted_.name : normalize_name(listed.name).starts_with(wanted_.name.str() + "-");
    const Url url = page.url_of(listed);
    if (!may_be_it || !url.is_file()) return {};
    const MappedFile content(url.local_path());
    std::vector<FileHash> hashes;
    for (const FileHash& hash : wanted_.file.hashes) {
      if (digest_hex(hash.algorithm, content.bytes()) == hash.hex) hashes.push_back(hash);
    }
    return hashes;
  }

  bool is_known(const std::string& name) const {
    return std::any_of(files_.begin(), files_.end(), [&name](const LockedFile& file) { return file.name == name; });
  }

  DownloadContext& context_;
  const SelectedDistribution& wanted_;
  std::size_t next_place_ = 0;
  std::vector<LockedFile> files_;
  std::vector<Failure> failures_;
  bool ended_ = false;
};

[[noreturn]] void not_listed(const SelectedDistribution& wanted, const FileSearch& search, const std::string& lock) {
  std::string failures;
  for (const Failure& failure : search.failures()) failures += fmt::format("; {}", failure.error.what());
  throw Error(fmt::format("no index lists a file of {} {} with a hash that {} has{}", wanted.name.str(), wanted.version,
                          lock, failures),
              "the lock was made with another index, or the files were replaced: name that index (UV_DEFAULT_INDEX, "
              "PIP_INDEX_URL), or make the lock again");
}

FileChoice best_of(const SelectedDistribution& wanted, const FileSearch& search, const LocateRequest& request,
                   const WheelRanking& ranking) {
  if (search.files().empty()) not_listed(wanted, search, request.lock);
  FileQuestion question;
  question.name = wanted.name;
  question.version = wanted.version;
  question.parsed_version = Version::require(wanted.version);
  question.files = search.files();
  question.build_allowed = request.source_builds.count(wanted.name) > 0;
  question.lock = {request.lock, "the tool that wrote it makes it anew"};
  return choose_file(question, ranking);
}

}  // namespace

std::vector<FileChoice> locate_files(const LocateRequest& request, const Store& store, const DownloadOptions& options) {
  DownloadContext context(store, options, 0);
  std::deque<FileSearch> searches;  // a deque: callbacks hold their addresses
  for (const SelectedDistribution& wanted : request.wanted) searches.emplace_back(context, wanted);
  bool begun = false;
  context.loop.run([&] {
    if (!begun) {
      begun = true;
      for (FileSearch& search : searches) search.begin();
    }
    return std::all_of(searches.begin(), searches.end(), [](const FileSearch& search) { return search.ended(); });
  });
  context.workers.stop();
  const WheelRanking ranking(request.target);
  std::vector<FileChoice> choices;
  for (std::size_t i = 0; i < searches.size(); ++i) {
    choices.push_back(best_of(request.wanted[i], searches[i], request, ranking));
  }
  return choices;
}

}  // namespace lambda_pack
