// Zips made byte by byte for tests, so that every field can lie.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack::testing {

// Little-endian bytes.
std::string u16(std::uint64_t value);
std::string u32(std::uint64_t value);
std::string u64(std::uint64_t value);
// An extra-field block.
std::string extra_block(std::uint16_t id, std::string_view content);

std::span<const std::byte> bytes_of(std::string_view text);

// One entry as an honest writer would write it, until a member is changed.
struct RawEntry {
  RawEntry(std::string name, std::string content, bool deflate = false);

  std::string name;
  std::string data;  // the compressed bytes
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc32 = 0;
  std::uint32_t compressed_size = 0;
  std::uint32_t size = 0;
  std::uint16_t mode = 0100644;
  std::uint16_t disk = 0;
  std::string extra;  // of the central header
  std::string local_extra;
  std::string descriptor;  // put behind the data
  std::string gap;         // put behind that
  // What the local header says instead.
  std::optional<std::string> local_name;
  std::optional<std::uint16_t> local_flags, local_method;
  std::optional<std::uint32_t> local_crc32, local_compressed_size, local_size;
  std::optional<std::uint32_t> offset;  // the central header's claim
};

struct RawZip {
  std::vector<RawEntry> entries;
  std::string prefix;        // before the first entry
  bool count_prefix = true;  // whether offsets count it
  std::string before_end;    // between directory and end record
  std::string comment;
  std::string suffix;                  // behind everything
  std::optional<std::uint16_t> count;  // the end record's claims
  std::optional<std::uint16_t> count_here;
  std::uint16_t disk = 0;
  bool zip64_end = false;                    // write zip64 end record and locator
  std::optional<std::uint64_t> zip64_count;  // what that one claims

  std::string bytes() const;
};

// A zip of stored text files.
std::string zip_of(const std::vector<RawEntry>& entries);

}  // namespace lambda_pack::testing
