// Writing a zip whose bytes depend on its content alone (facts: "Writing the zip").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "archive/archive_path.hpp"
#include "archive/zip_reader.hpp"

namespace lambda_pack {

// A file to put into a zip, already compressed (raw splice) or stored.
struct ZipPart {
  const ArchivePath* path = nullptr;
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc32 = 0;
  std::uint32_t size = 0;  // unpacked, bytes
  bool executable = false;
  std::span<const std::byte> data;  // exactly the bytes that go into the zip
};

// A zip has no more files without an extension that Lambda need not read.
inline constexpr std::size_t kMostZipEntries = 65'535;

// What the part adds to the size of a zip: its bytes and both of its headers.
std::uint64_t zip_size_of(const ZipPart& part);

// A DOS date and time.
struct ZipTime {
  std::uint16_t date = 0x0021;  // 1980-01-01
  std::uint16_t time = 0;

  // SOURCE_DATE_EPOCH (seconds since 1970, UTC), not before 1980-01-01; 1980-01-01 when `text` is null or empty.
  // Throws Error when it is no number.
  static ZipTime from_source_date_epoch(const char* text);
};

// A zip as it will be on disk: fresh headers owned here, payloads wherever the parts have them.
class ZipLayout {
 public:
  // `parts` without duplicates: the first `head` of them sorted by path, then the others sorted by path. Throws Error
  // for more than 65535 entries or 4 GiB.
  ZipLayout(std::span<const ZipPart> parts, ZipTime time, std::size_t head = 0);
  // Movable, since the pieces point into memory that moves along; a copy's would not.
  ZipLayout(ZipLayout&&) noexcept = default;
  ZipLayout& operator=(ZipLayout&&) noexcept = default;

  // The pieces in order; they stay valid while this object and the parts' data live.
  std::span<const std::span<const std::byte>> pieces() const noexcept { return pieces_; }
  std::uint64_t size() const noexcept { return size_; }

 private:
  std::vector<std::byte> headers_;
  std::vector<std::span<const std::byte>> pieces_;
  std::uint64_t size_ = 0;
};

}  // namespace lambda_pack
