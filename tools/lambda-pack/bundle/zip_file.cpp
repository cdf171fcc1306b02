#include "bundle/zip_file.hpp"

#include <cstring>
#include <future>

#include "base/error.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

void verify_wheels(const Bundle& bundle) {
  for (const BundleSource& source : bundle.sources()) {
    if (!source.digest) continue;
    const Sha256 found = sha256_of(source.bytes->bytes());
    if (found == *source.digest) continue;
    std::error_code ignored;
    fs::remove(source.path, ignored);
    throw Error("the stored copy of " + source.path.filename().string() + " is damaged: its SHA-256 is " + found.hex() +
                    ", it should be " + source.digest->hex(),
                "the damaged copy was removed; build again to fetch it anew");
  }
}

Sha256 digest_of(const ZipLayout& layout) {
  Sha256Hasher hasher;
  for (const auto piece : layout.pieces()) hasher.update(piece);
  return hasher.finish();
}

// Whether the file holds exactly the layout's bytes. Sizes differ after nearly every change, so this costs a read of
// the file only when it is worth it.
bool already_holds(const fs::path& path, const ZipLayout& layout) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) != layout.size() || error) return false;
  const MappedFile file(path);
  const std::byte* at = file.bytes().data();
  for (const auto piece : layout.pieces()) {
    if (std::memcmp(at, piece.data(), piece.size()) != 0) return false;
    at += piece.size();
  }
  return true;
}

}  // namespace

WrittenZip write_zip(const Bundle& bundle, const fs::path& path, ZipTime time) {
  std::vector<ZipPart> parts;
  parts.reserve(bundle.files().size());
  for (const BundleFile& file : bundle.files()) parts.push_back(file.part);
  const ZipLayout layout(parts, time);

  // Hashing what comes in, hashing what goes out and writing take about as long as each other: side by side.
  std::future<void> verified = std::async(std::launch::async, [&] { verify_wheels(bundle); });
  std::future<Sha256> digest = std::async(std::launch::async, [&] { return digest_of(layout); });
  WrittenZip written{layout.size(), {}, !already_holds(path, layout)};
  if (!written.changed) {
    verified.get();
    written.digest = digest.get();
    return written;
  }
  NewFile file(path);
  file.write_pieces(layout.pieces());
  verified.get();
  written.digest = digest.get();
  file.commit();
  return written;
}

}  // namespace lambda_pack
