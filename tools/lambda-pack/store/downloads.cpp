#include "store/downloads.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/partial_file.hpp"
#include "store/places.hpp"
#include "store/progress.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kLargestFile = 0xffff'ffff;  // wheels beyond 4 GiB are refused anyway
constexpr std::chrono::milliseconds kLockPause{50};  // how often to look whether another process is done with a file

TransferPatience patience_of(const DownloadOptions& options) {
  TransferPatience patience;
  patience.attempts = options.attempts;
  patience.first_pause = options.first_pause;
  patience.longest_pause = options.longest_pause;
  patience.stall_seconds = options.stall_seconds;
  return patience;
}

unsigned worker_count() { return std::clamp(std::thread::hardware_concurrency(), 1U, 4U); }

void copy_into(PartialFile& partial, const fs::path& from) {
  const MappedFile content(from);
  partial.restart({});
  partial.append(content.bytes());
}

}  // namespace

// What all files of one download() share.
struct DownloadContext {
  DownloadContext(const Store& the_store, const DownloadOptions& options, std::size_t files)
      : store(the_store), loop(options.connections), places(options, credentials),
        transfers(loop, credentials, patience_of(options)), workers(loop, worker_count()),
        pages(transfers, workers), progress(files) {}

  const Store& store;
  CredentialBook credentials;
  EventLoop loop;
  Places places;
  Transfers transfers;
  Workers workers;
  Pages pages;
  Progress progress;
  std::optional<Error> fatal;  // the disk is full or the like: no other file can fare better
};

// One file on its way into the store: from place to place until one has it.
class FileDownload {
 public:
  enum class State { not_begun, under_way, waiting_for_other_process, stored, failed };

  FileDownload(DownloadContext& context, const SelectedDistribution& wanted) : context_(context), wanted_(wanted) {}

  State state() const { return state_; }
  const std::optional<Error>& error() const { return error_; }

  void begin() {
    guarded([this] {
      const fs::path partial_path = context_.store.partial_path(wanted_.file);
      partial_ = PartialFile::try_open(partial_path);
      if (const auto stored = context_.store.find(wanted_.file)) return finish(*stored);
      if (partial_) return look_at_next_place();
      if (state_ != State::waiting_for_other_process) {
        context_.progress.clear();
        explain(fmt::format("another process is fetching {}; waiting for it", wanted_.file.name));
      }
      state_ = State::waiting_for_other_process;
      context_.loop.after(kLockPause, [this] { begin(); });
    });
  }

 private:
  // Errors of this file end this file.
  template <typename Action>
  void guarded(Action&& action) {
    try {
      action();
    } catch (const Error& error) {
      fail(error);
    }
  }

  // ---- finding it ----
  void look_at_next_place() {
    state_ = State::under_way;
    const auto place = context_.places.place(wanted_, next_place_++);
    if (!place) return fail_everywhere();
    place_ = *place;
    if (place_.kind == Place::Kind::file) return fetch(place_.url, wanted_.file.size);
    context_.pages.get(place_, [this](const PageOrFailure& page) {
      guarded([&] { page_came(page); });
    });
  }

  void page_came(const PageOrFailure& outcome) {
    if (const Failure* failure = std::get_if<Failure>(&outcome)) return place_failed(page_failure(*failure));
    const IndexPage& page = *std::get<std::shared_ptr<const IndexPage>>(outcome);
    const IndexFile* listed = page.find(wanted_.file);
    if (listed == nullptr) return place_failed(not_listed(page));
    fetch(page.url_of(*listed), wanted_.file.size ? wanted_.file.size : listed->size);
  }

  Failure page_failure(const Failure& failure) const {
    if (failure.kind != FailureKind::not_found || place_.kind != Place::Kind::index) return failure;
    return {FailureKind::not_found,
            Error(fmt::format("the index has no distribution {}: {}", wanted_.name.str(), failure.error.what()),
                  "is it on another index? Name that one in pyproject.toml, or set UV_DEFAULT_INDEX or "
                  "PIP_INDEX_URL")};
  }

  Failure not_listed(const IndexPage& page) const {
    const std::string where = place_.url.shown();
    if (const IndexFile* other = page.named(wanted_.file.name)) {
      return {FailureKind::damaged,
              Error(fmt::format("{} lists {} with the hash {}, the lock says {}", where, wanted_.file.name,
                                other->hashes.front().str(), wanted_.file.hashes.front().str()),
                    "the index replaced the file, or the lock was made with another index: lock again if that is "
                    "the right one")};
    }
    return {FailureKind::not_found,
            Error(fmt::format("{} does not list {} ({} other files)", where, wanted_.file.name, page.files.size()),
                  "the file was removed, or the lock was made with another index: lock again, or name that index")};
  }

  // ---- fetching it ----
  void fetch(const Url& url, std::optional<std::uint64_t> size) {
    if (size) context_.progress.expect(wanted_.file.name, *size);
    file_url_ = url;
    expected_size_ = size;
    if (url.is_file()) return verify([this] { copy_into(*partial_, file_url_.local_path()); }, false);
    TransferRequest request;
    request.url = url;
    request.file = &*partial_;
    request.size = size;
    request.limit = size.value_or(kLargestFile);
    request.priority = size.value_or(0);
    request.received = [this](std::uint64_t here, std::uint64_t fresh) {
      context_.progress.received(wanted_.file.name, wanted_.name.str(), here, fresh);
    };
    context_.transfers.start(std::move(request), [this](TransferResult result) {
      guarded([&] { file_came(std::move(result)); });
    });
  }

  void file_came(TransferResult result) {
    if (!result.failure) return verify([] {}, result.resumed);
    if (result.failure->kind == FailureKind::disk) context_.fatal = result.failure->error;
    place_failed(std::move(*result.failure));
  }

  // ---- verifying it, on a worker thread: meanwhile other files come in ----
  void verify(std::function<void()> prepare, bool resumed) {
    struct Outcome {
      fs::path stored;
      std::optional<Error> error;
      bool other_file = false;
    };
    const auto outcome = std::make_shared<Outcome>();
    const auto work = [this, outcome, prepare = std::move(prepare)] {
      try {
        prepare();
        outcome->stored = context_.store.adopt(partial_->path(), wanted_.file, file_url_.shown());
      } catch (const HashMismatch& error) {
        outcome->error = error;
        outcome->other_file = true;
      } catch (const Error& error) {
        outcome->error = error;
      } catch (const std::exception& error) {
        outcome->error = Error(fmt::format("{}: {}", wanted_.file.name, error.what()));
      }
    };
    context_.workers.run(work, [this, outcome, resumed] {
      guarded([&] {
        if (!outcome->error) return finish(outcome->stored);
        if (!outcome->other_file) return fail(*outcome->error);
        wrong_bytes(*outcome->error, resumed);
      });
    });
  }

  void wrong_bytes(const Error& error, bool resumed) {
    partial_->restart({});
    // The beginning may have been another version's, of a server whose validators cannot be trusted.
    if (resumed) return fetch(file_url_, expected_size_);
    place_failed({FailureKind::damaged, error});
  }

  // ---- how it ends ----
  void place_failed(Failure failure) {
    failures_.push_back(std::move(failure));
    if (context_.fatal) return fail(*context_.fatal);
    look_at_next_place();
  }

  void fail_everywhere() {
    if (failures_.empty()) {
      return fail(Error("there is no place to look for it: no index is in use",
                        "unset UV_NO_INDEX and PIP_NO_INDEX, or name folders in UV_FIND_LINKS or PIP_FIND_LINKS"));
    }
    // Where only one place was more than a "not here", that is the one to mend.
    std::vector<const Failure*> telling;
    for (const Failure& failure : failures_) {
      if (failure.kind != FailureKind::not_found) telling.push_back(&failure);
    }
    const Failure& first = telling.empty() ? failures_.front() : *telling.front();
    std::vector<std::string> texts = {first.error.what()};
    for (const Failure& failure : failures_) {
      if (&failure != &first) texts.push_back(failure.error.what());
    }
    fail(Error(join(texts, "; and "), first.error.hint()));
  }

  void finish(const fs::path& stored) {
    if (partial_) partial_->discard();
    partial_.reset();
    std::error_code ignored;
    context_.progress.finished(wanted_.file.name, fs::file_size(stored, ignored));
    for (const Failure& failure : failures_) {
      context_.progress.clear();
      failure.kind == FailureKind::damaged ? warn(failure.error.what()) : explain(failure.error.what());
    }
    state_ = State::stored;
  }

  void fail(const Error& error) {
    partial_.reset();  // what has come is kept
    error_ = error.within(fmt::format("fetching {} {}", wanted_.name.str(), wanted_.version));
    state_ = State::failed;
  }

  DownloadContext& context_;
  const SelectedDistribution& wanted_;
  State state_ = State::not_begun;
  std::optional<PartialFile> partial_;
  std::size_t next_place_ = 0;
  Place place_{};
  Url file_url_;
  std::optional<std::uint64_t> expected_size_;
  std::vector<Failure> failures_;
  std::optional<Error> error_;
};

namespace {

// All files of a download: begun in order, a window at a time, so that open files stay few.
class FileDownloads {
 public:
  FileDownloads(DownloadContext& context, const std::vector<const SelectedDistribution*>& wanted, unsigned connections)
      : context_(context), window_(4 * std::max(connections, 1U)) {
    for (const SelectedDistribution* distribution : wanted) files_.emplace_back(context, *distribution);
  }
  FileDownloads(const FileDownloads&) = delete;
  FileDownloads& operator=(const FileDownloads&) = delete;
  ~FileDownloads() { context_.workers.stop(); }  // they work on the files

  void run() {
    context_.loop.run([this] { return begin_more_and_see_whether_all_ended(); });
    if (context_.fatal) throw Error(*context_.fatal);
    throw_first_error();
    context_.progress.done();
  }

 private:
  using State = FileDownload::State;

  bool begin_more_and_see_whether_all_ended() {
    if (context_.fatal) return true;
    while (next_ < files_.size() && under_way() < window_) files_[next_++].begin();
    return std::all_of(files_.begin(), files_.end(), [](const FileDownload& file) {
      return file.state() == State::stored || file.state() == State::failed;
    });
  }

  std::size_t under_way() const {
    return static_cast<std::size_t>(std::count_if(files_.begin(), files_.end(), [](const FileDownload& file) {
      return file.state() == State::under_way;
    }));
  }

  void throw_first_error() const {
    std::size_t failed = 0;
    const Error* first = nullptr;
    for (const FileDownload& file : files_) {
      if (!file.error()) continue;
      if (first == nullptr) {
        first = &*file.error();
      } else {
        explain(file.error()->what());
      }
      ++failed;
    }
    if (first == nullptr) return;
    if (failed == 1) throw Error(*first);
    throw Error(fmt::format("{} ({} more files failed)", first->what(), failed - 1), first->hint());
  }

  DownloadContext& context_;
  std::size_t window_;
  std::deque<FileDownload> files_;  // a deque: callbacks hold their addresses
  std::size_t next_ = 0;
};

}  // namespace

void download(const std::vector<SelectedDistribution>& wanted, const Store& store, const DownloadOptions& options) {
  std::vector<const SelectedDistribution*> missing;
  for (const SelectedDistribution& distribution : wanted) {
    if (!store.find(distribution.file)) missing.push_back(&distribution);
  }
  if (missing.empty()) return;
  DownloadContext context(store, options, missing.size());
  FileDownloads(context, missing, options.connections).run();
}

}  // namespace lambda_pack
