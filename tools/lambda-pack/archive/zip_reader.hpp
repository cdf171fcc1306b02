// Reading a zip that may be hostile (APPNOTE.TXT 6.3.10; the facts' list of what is refused).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive_path.hpp"

namespace lambda_pack {

enum class ZipMethod : std::uint16_t { stored = 0, deflated = 8 };

// One file of a zip, by its central-directory record.
struct ZipEntry {
  ArchivePath path;
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc32 = 0;
  std::uint32_t compressed_size = 0;
  std::uint32_t size = 0;
  bool executable = false;          // any x bit of the Unix mode
  std::span<const std::byte> data;  // the compressed bytes, inside the bytes that were parsed
};

// A zip whose structure was checked: one end record, nothing before, between and after the parts that they
// describe, local and central headers that agree, no encryption, methods 0 and 8 only, safe unique names, no
// symbolic link. Refers to the bytes it was parsed from; they must outlive it.
class ZipArchive {
 public:
  // Throws Error: `<label>: <entry>: <rule>`.
  static ZipArchive parse(std::span<const std::byte> bytes, std::string label);

  const std::vector<ZipEntry>& entries() const noexcept { return entries_; }     // files, sorted by path
  const std::vector<ArchivePath>& folders() const noexcept { return folders_; }  // directory entries
  const ZipEntry* find(std::string_view path) const;                             // null when there is none
  const std::string& label() const noexcept { return label_; }

  // The entry's content, with size, CRC-32 and the end of the deflate stream checked. Throws Error as parse does.
  std::string content(const ZipEntry& entry) const;
  // The same into memory of the caller's, entry.size bytes.
  void read(const ZipEntry& entry, std::span<std::byte> out) const;

 private:
  std::string label_;
  std::vector<ZipEntry> entries_;
  std::vector<ArchivePath> folders_;
};

}  // namespace lambda_pack
