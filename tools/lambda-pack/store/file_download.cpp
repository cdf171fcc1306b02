#include "store/file_download.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "base/text.hpp"
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
  try {
    partial.restart({});
    partial.append(content.bytes());
  } catch (const Error& error) {
    throw with_store_hint(error);
  }
}

// The listed hash of the algorithm that the lock has too: find() told the files apart by it. An index may say
// anything.
std::string comparable_hash(const IndexFile& listed, const LockedFile& wanted) {
  for (const FileHash& hash : listed.hashes) {
    if (hash.algorithm != wanted.hashes.front().algorithm) continue;
    const auto sound = FileHash::parse(hash.str());
    return sound ? sound->str() : quote(hash.str());
  }
  return "of another algorithm";
}

}  // namespace

DownloadContext::DownloadContext(const Store& the_store, const DownloadOptions& options, std::size_t files)
    : store(the_store), loop(options.connections), places(options, credentials),
      transfers(loop, credentials, patience_of(options)), workers(loop, worker_count()), pages(transfers, workers),
      progress(files), arrived(options.arrived) {}

// What a worker thread found out.
struct FileDownload::Verification {
  fs::path stored;
  std::optional<Error> error;
  bool other_bytes = false;  // than those of the lock
};

// Errors of this file end this file.
template <typename Action>
void FileDownload::guarded(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    fail(error);
  }
}

void FileDownload::begin() {
  guarded([this] {
    partial_ = PartialFile::try_open(context_.store.partial_path(wanted_.file));
    // Only now: another process may have had it until a moment ago.
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

// ---- finding it ----

void FileDownload::look_at_next_place() {
  state_ = State::under_way;
  std::optional<Place> place;
  try {
    place = context_.places.place(wanted_, next_place_++);
  } catch (const Error& error) {  // the user's installer could not be asked
    if (failures_.empty()) throw;
    failures_.push_back({FailureKind::not_found, error});
  }
  if (!place) return fail_everywhere();
  place_ = *place;
  if (place_.kind == Place::Kind::file) return fetch(place_.url, wanted_.file.size);
  context_.pages.get(place_, [this](const PageOrFailure& page) { guarded([&] { page_came(page); }); });
}

void FileDownload::page_came(const PageOrFailure& outcome) {
  if (const Failure* failure = std::get_if<Failure>(&outcome)) return place_failed(page_failure(*failure));
  const IndexPage& page = *std::get<std::shared_ptr<const IndexPage>>(outcome);
  const IndexFile* listed = page.find(wanted_.file);
  if (listed == nullptr) return place_failed(not_listed(page));
  fetch(page.url_of(*listed), wanted_.file.size ? wanted_.file.size : listed->size);
}

Failure FileDownload::page_failure(const Failure& failure) const {
  if (failure.kind != FailureKind::not_found || place_.kind != Place::Kind::index) return failure;
  return {FailureKind::not_found,
          Error(fmt::format("the index has no distribution {}: {}", wanted_.name.str(), failure.error.what()),
                "is it on another index? Name that one in pyproject.toml, or set UV_DEFAULT_INDEX or "
                "PIP_INDEX_URL")};
}

Failure FileDownload::not_listed(const IndexPage& page) const {
  const std::string where = place_.url.shown();
  if (const IndexFile* other = page.named(wanted_.file.name)) {
    return {FailureKind::damaged,
            Error(fmt::format("{} lists {} with the hash {}, the lock says {}", where, wanted_.file.name,
                              comparable_hash(*other, wanted_.file), wanted_.file.hashes.front().str()),
                  "the index replaced the file, or the lock was made with another index: lock again if that is "
                  "the right one")};
  }
  return {FailureKind::not_found,
          Error(fmt::format("{} does not list {} (files it lists: {})", where, wanted_.file.name, page.files.size()),
                "the file was removed, or the lock was made with another index: lock again, or name that index")};
}

// ---- fetching it ----

void FileDownload::fetch(const Url& url, std::optional<std::uint64_t> size) {
  if (size) context_.progress.expect(wanted_.file.name, *size);
  file_url_ = url;
  size_ = size;
  // An earlier run may have been interrupted after the last byte.
  if (size_ && partial_->size() == *size_) return verify(/*trust_bytes=*/false);
  transfer();
}

void FileDownload::transfer() {
  if (file_url_.is_file()) return verify(/*trust_bytes=*/true);
  TransferRequest request;
  request.url = file_url_;
  request.file = &*partial_;
  request.size = size_;
  request.limit = size_.value_or(kLargestFile);
  request.priority = size_.value_or(0);
  request.received = [this](std::uint64_t here, std::uint64_t fresh) {
    context_.progress.received(wanted_.file.name, wanted_.name.str(), here, fresh);
  };
  context_.transfers.start(std::move(request),
                           [this](TransferResult result) { guarded([&] { file_came(std::move(result)); }); });
}

void FileDownload::file_came(TransferResult result) {
  if (!result.failure) return verify(/*trust_bytes=*/!result.resumed);
  if (result.failure->kind != FailureKind::disk) return place_failed(std::move(*result.failure));
  fail(with_store_hint(result.failure->error));
  context_.fatal = error_;
}

// ---- verifying it, on a worker thread: meanwhile other files come in ----

// `trust_bytes`: they are what the place has now. Others have a beginning from an earlier attempt or run, which
// may be another version's where a server's validators cannot be trusted.
void FileDownload::verify(bool trust_bytes) {
  const auto outcome = std::make_shared<Verification>();
  const auto work = [this, outcome] {
    try {
      if (file_url_.is_file()) copy_into(*partial_, file_url_.local_path());
      outcome->stored = context_.store.adopt(partial_->path(), wanted_.file, file_url_.shown());
    } catch (const HashMismatch& error) {
      outcome->error = error;
      outcome->other_bytes = true;
    } catch (const Error& error) {
      outcome->error = error;
    } catch (const std::exception& error) {
      outcome->error = Error(fmt::format("{}: {}", wanted_.file.name, error.what()));
    }
  };
  context_.workers.run(work, [this, outcome, trust_bytes] { guarded([&] { verified(*outcome, trust_bytes); }); });
}

void FileDownload::verified(const Verification& outcome, bool trust_bytes) {
  if (!outcome.error) return finish(outcome.stored);
  partial_->restart({});  // whatever is wrong with these bytes, the next run shall not begin with them
  if (!outcome.other_bytes) return fail(*outcome.error);
  if (!trust_bytes) return transfer();
  place_failed({FailureKind::damaged, *outcome.error});
}

// ---- how it ends ----

void FileDownload::place_failed(Failure failure) {
  failures_.push_back(std::move(failure));
  look_at_next_place();
}

void FileDownload::fail_everywhere() {
  if (failures_.empty()) {
    return fail(Error("there is no place to look for it: no index is in use",
                      "unset UV_NO_INDEX and PIP_NO_INDEX, or name folders in UV_FIND_LINKS or PIP_FIND_LINKS"));
  }
  // What is more than a "not here" is what can be mended: it comes first, and its hint counts.
  std::stable_partition(failures_.begin(), failures_.end(),
                        [](const Failure& failure) { return failure.kind != FailureKind::not_found; });
  std::vector<std::string> texts;
  for (const Failure& failure : failures_) texts.emplace_back(failure.error.what());
  fail(Error(join(texts, "; and "), failures_.front().error.hint()));
}

void FileDownload::finish(const fs::path& stored) {
  if (partial_) partial_->discard();
  partial_.reset();
  std::error_code ignored;
  context_.progress.finished(wanted_.file.name, fs::file_size(stored, ignored));
  if (!failures_.empty()) context_.progress.clear();
  for (const Failure& failure : failures_) {
    // Another place had the right bytes: nothing is lost, but somebody should know.
    failure.kind == FailureKind::damaged ? warn(failure.error.what()) : explain(failure.error.what());
  }
  state_ = State::stored;
  if (context_.arrived) context_.arrived(wanted_, stored);
}

void FileDownload::fail(const Error& error) {
  partial_.reset();  // what has come is kept
  error_ = error.within(fmt::format("fetching {} {}", wanted_.name.str(), wanted_.version));
  state_ = State::failed;
}

}  // namespace lambda_pack
