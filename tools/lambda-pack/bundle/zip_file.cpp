#include "bundle/zip_file.hpp"

#include <algorithm>
#include <cstring>
#include <future>

#include "bundle/zip_order.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// After so many bytes the wheels' pages are given back, so that the program's memory does not grow with the package.
constexpr std::size_t kZipBatch = 8 << 20;

using Pieces = std::span<const std::span<const std::byte>>;

// Whether the file ends with the central directory, which holds every name, size and CRC-32: it differs after nearly
// every change.
bool has_directory(const fs::path& path, std::span<const std::byte> directory) {
  const MappedFile file(path);
  return file.bytes().size() >= directory.size() && std::ranges::equal(file.bytes().last(directory.size()), directory);
}

// Whether the file holds exactly the pieces. It costs a read of the file only when it is worth it.
bool already_holds(const fs::path& path, const Bundle& bundle, Pieces pieces, std::uint64_t size) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) != size || error) return false;
  if (!has_directory(path, pieces.back())) return false;
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
    if (held >= kZipBatch) bundle.release_pages(), held = 0;
    return same;
  });
  return same;
}

// Hashes and writes the pieces side by side, a batch at a time.
Sha256 hash_and_write(const Bundle& bundle, Pieces pieces, Sha256Hasher hasher, NewFile* file) {
  while (!pieces.empty()) {
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < pieces.size() && bytes < kZipBatch; ++count) bytes += pieces[count].size();
    const Pieces batch = pieces.first(count);
    std::future<void> hashed = std::async(std::launch::async, [&] {
      for (const auto piece : batch) hasher.update(piece);
    });
    if (file != nullptr) file->write_pieces(batch);
    hashed.get();
    bundle.release_pages();
    pieces = pieces.subspan(count);
  }
  return hasher.finish();
}

bool is_head_of(const ZipHead& head, const ZipOrder& order, ZipTime time) {
  return head.count <= order.head && head.key == order.key(head.count, time);
}

}  // namespace

WrittenZip write_zip(const Bundle& bundle, const fs::path& path, ZipTime time, Verification& verification,
                     const std::optional<ZipHead>& head) {
  const ZipOrder order = zip_order(bundle);
  const ZipLayout layout(order.parts(order.files.size()), time, order.head);

  WrittenZip written{layout.size(), {}, !already_holds(path, bundle, layout.pieces(), layout.size())};
  if (!written.changed) {
    written.digest = hash_and_write(bundle, layout.pieces(), {}, nullptr);
    verification.finish();
  } else {
    NewFile file(path);
    const bool begun = head && is_head_of(*head, order, time) && file.take_over(head->file);
    file.reserve(layout.size());
    written.digest = hash_and_write(bundle, layout.pieces().subspan(begun ? order.pieces(0, head->count) : 0),
                                    begun ? Sha256Hasher(head->hashed) : Sha256Hasher(), &file);
    verification.finish();
    file.commit();
  }
  return written;
}

}  // namespace lambda_pack
