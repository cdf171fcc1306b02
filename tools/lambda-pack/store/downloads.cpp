#include "store/downloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "store/file_download.hpp"
#include "system/report.hpp"

namespace lambda_pack {
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
    return static_cast<std::size_t>(std::count_if(
        files_.begin(), files_.end(), [](const FileDownload& file) { return file.state() == State::under_way; }));
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
