// One file on its way into the store: from place to place until one has it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "lock/selection.hpp"
#include "store/partial_file.hpp"
#include "store/places.hpp"
#include "store/progress.hpp"
#include "store/store.hpp"

namespace lambda_pack {

// What all files of one download() share.
struct DownloadContext {
  DownloadContext(const Store& the_store, const DownloadOptions& options, std::size_t files);

  const Store& store;
  CredentialBook credentials;
  EventLoop loop;
  Places places;
  Transfers transfers;
  Workers workers;
  Pages pages;
  Progress progress;
  const std::function<void(const SelectedDistribution&, const std::filesystem::path&)> arrived;
  std::optional<Error> fatal;  // the disk is full or the like: no other file can fare better
};

class FileDownload {
 public:
  enum class State { not_begun, under_way, waiting_for_other_process, stored, failed };

  // `context` and `wanted` must outlive this object, which stays where it is from begin() on.
  FileDownload(DownloadContext& context, const SelectedDistribution& wanted) : context_(context), wanted_(wanted) {}
  FileDownload(const FileDownload&) = delete;
  FileDownload& operator=(const FileDownload&) = delete;

  // Takes hold of the file, or waits for the process that has; the rest happens on the context's loop.
  void begin();

  State state() const { return state_; }
  const std::optional<Error>& error() const { return error_; }  // of State::failed

 private:
  struct Verification;
  template <typename Action>
  void guarded(Action&& action);

  void look_at_next_place();
  void page_came(const PageOrFailure& outcome);
  Failure page_failure(const Failure& failure) const;
  Failure not_listed(const IndexPage& page) const;

  void fetch(const Url& url, std::optional<std::uint64_t> size);
  void transfer();
  void file_came(TransferResult result);

  void verify(bool trust_bytes);
  void verified(const Verification& outcome, bool trust_bytes);

  void place_failed(Failure failure);
  void fail_everywhere();
  void finish(const std::filesystem::path& stored);
  void fail(const Error& error);

  DownloadContext& context_;
  const SelectedDistribution& wanted_;
  State state_ = State::not_begun;
  std::optional<PartialFile> partial_;
  std::size_t next_place_ = 0;
  Place place_{};
  Url file_url_;
  std::optional<std::uint64_t> size_;
  std::vector<Failure> failures_;  // of the places looked at so far
  std::optional<Error> error_;
};

}  // namespace lambda_pack
