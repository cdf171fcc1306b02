#include "archive/unpack.hpp"
#include "commands/heavy.hpp"
#include "store/downloads.hpp"

namespace lambda_pack {
namespace {

void download_all(const DownloadRequest& request, const Store& store) {
  DownloadOptions options;
  options.indexes = request.indexes;
  options.lock_folder = request.lock_folder;
  options.python = request.python;
  download(request.wanted, store, options);
}

void unpack_all(const std::filesystem::path& archive, const std::vector<StageItem>& items) {
  std::vector<UnpackItem> wanted;
  wanted.reserve(items.size());
  for (const StageItem& item : items) wanted.push_back({item.entry, item.destination, item.executable});
  unpack_items(archive, std::move(wanted));
}

}  // namespace

const Heavy* heavy() {
  static const Heavy all{download_all, unpack_sdist, unpack_all};
  return &all;
}

}  // namespace lambda_pack
