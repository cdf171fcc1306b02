#include "bundle/zip_file.hpp"

#include <cstring>
#include <future>

#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Pieces = std::span<const std::span<const std::byte>>;

// After so many bytes the wheels' pages are given back, so that the program's memory does not grow with the package.
constexpr std::size_t kBatch = 8 << 20;

void release_wheels(const Bundle& bundle) {
  for (const auto* sources : {&bundle.sources(), &bundle.bytecode_sources()}) {
    for (const BundleSource& source : *sources) {
      if (source.bytes) source.bytes->release();
    }
  }
}

// Whether the file holds exactly the pieces. Sizes differ after nearly every change, so this costs a read of the file
// only when it is worth it.
bool already_holds(const fs::path& path, const Bundle& bundle, Pieces pieces, std::uint64_t size) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) != size || error) return false;
  std::size_t next = 0, done = 0;  // the piece compared now, and how much of it
  std::size_t held = 0;
  bool same = true;
  read_in_pieces(path, [&](std::span<const std::byte> bytes) {
    held += bytes.size();
    while (same && !bytes.empty() && next < pieces.size()) {
      const std::size_t length = std::min(bytes.size(), pieces[next].size() - done);
      same = std::memcmp(bytes.data(), pieces[next].data() + done, length) == 0;
      bytes = bytes.subspan(length);
      done += length;
      if (done == pieces[next].size()) ++next, done = 0;
    }
    if (held >= kBatch) release_wheels(bundle), held = 0;
    return same;
  });
  return same;
}

// Hashes and writes the pieces side by side, a batch at a time.
Sha256 hash_and_write(const Bundle& bundle, Pieces pieces, NewFile* file) {
  Sha256Hasher hasher;
  while (!pieces.empty()) {
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < pieces.size() && bytes < kBatch; ++count) bytes += pieces[count].size();
    const Pieces batch = pieces.first(count);
    std::future<void> hashed = std::async(std::launch::async, [&] {
      for (const auto piece : batch) hasher.update(piece);
    });
    if (file != nullptr) file->write_pieces(batch);
    hashed.get();
    release_wheels(bundle);
    pieces = pieces.subspan(count);
  }
  return hasher.finish();
}

}  // namespace

WrittenZip write_zip(const Bundle& bundle, const fs::path& path, ZipTime time, Verification& verification) {
  std::vector<ZipPart> parts;
  parts.reserve(bundle.files().size());
  for (const BundleFile& file : bundle.files()) parts.push_back(file.part);
  const ZipLayout layout(parts, time);

  WrittenZip written{layout.size(), {}, !already_holds(path, bundle, layout.pieces(), layout.size())};
  if (!written.changed) {
    written.digest = hash_and_write(bundle, layout.pieces(), nullptr);
    verification.finish();
    return written;
  }
  NewFile file(path);
  file.reserve(layout.size());
  written.digest = hash_and_write(bundle, layout.pieces(), &file);
  verification.finish();
  file.commit();
  return written;
}

}  // namespace lambda_pack
