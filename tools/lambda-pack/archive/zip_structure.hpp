// The records of a zip as they are on disk, checked against each other (APPNOTE.TXT 6.3.10).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lambda_pack {

// One central-directory record whose local header agrees with it. Names are as they stand, not yet known to be
// safe.
struct ZipRecord {
  std::string_view name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc32 = 0;
  std::uint32_t compressed_size = 0;
  std::uint32_t size = 0;
  std::uint32_t offset = 0;         // of the local header
  std::uint16_t mode = 0;           // st_mode; 0 when the writer gave none
  std::span<const std::byte> data;  // the compressed bytes
};

// The records in the order of the central directory. Together with it and the end record their local headers, data
// and descriptors fill the bytes without gap or overlap. Throws Error `<label>: <entry>: <rule>`.
std::vector<ZipRecord> read_zip_records(std::span<const std::byte> bytes, std::string_view label);

}  // namespace lambda_pack
