#include <cstdlib>
#include <optional>

#include "archive/unpack.hpp"
#include "commands/heavy.hpp"
#include "commands/settings.hpp"
#include "deploy/lambda_http.hpp"
#include "store/downloads.hpp"

namespace lambda_pack {
namespace {

DownloadOptions options_of(const DownloadRequest& request) {
  DownloadOptions options;
  options.indexes = request.indexes;
  options.lock_folder = request.lock_folder;
  options.python = request.python;
  options.arrived = request.arrived;
  return options;
}

void download_all(const DownloadRequest& request, const Store& store) {
  download(request.wanted, store, options_of(request));
}

std::vector<FileChoice> locate_all(const DownloadRequest& request, const LocateRequest& files, const Store& store) {
  return locate_files(files, store, options_of(request));
}

void unpack_all(const std::filesystem::path& archive, const std::vector<StageItem>& items) {
  std::vector<UnpackItem> wanted;
  wanted.reserve(items.size());
  for (const StageItem& item : items) wanted.push_back({item.entry, item.destination, item.executable});
  unpack_items(archive, std::move(wanted));
}

// LAMBDA_PYTHON_AWS_CLI=ON has everything done by the CLI.
std::unique_ptr<AwsApi> fast_aws(const AwsChoice& choice, AwsApi& cli) {
  if (is_on(std::getenv("LAMBDA_PYTHON_AWS_CLI"))) return nullptr;
  std::optional<AwsIdentity> identity = aws_identity(choice);
  return identity ? lambda_over_http(std::move(*identity), choice.profile, cli) : nullptr;
}

}  // namespace

const Heavy* heavy() {
  static const Heavy all{download_all, locate_all, unpack_sdist, unpack_all, fast_aws};
  return &all;
}

}  // namespace lambda_pack
