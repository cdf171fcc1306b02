#include "archive/zip_structure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "archive/little_endian.hpp"
#include "archive/refusal.hpp"
#include "archive/zip_end.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kLocalSize = 30;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kDescriptorSignature = 0x08074b50;
constexpr std::uint16_t kEncrypted = 0x2041;      // bits 0, 6, 13: encryption, strong encryption, masked headers
constexpr std::uint16_t kHasDescriptor = 0x0008;  // bit 3
constexpr std::uint16_t kKnownFlags = 0x080e;     // bits 1 and 2 (deflate's effort), 3, 11 (UTF-8)
constexpr std::uint16_t kZip64Extra = 0x0001;
constexpr std::uint16_t kUnicodePathExtra = 0x7075;
constexpr std::uint32_t kInZip64 = 0xffffffff;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A header's three variable fields.
struct Tail {
  std::string_view name;
  std::span<const std::byte> extra;
  std::size_t size = 0;
};

class StructureReader {
 public:
  StructureReader(std::span<const std::byte> bytes, std::string_view label)
      : bytes_(bytes), label_(label), end_(find_zip_end(bytes, label)) {}

  std::vector<ZipRecord> read() {
    read_directory();
    for (ZipRecord& record : records_) read_local_header(record);
    check_that_nothing_is_between();
    return std::move(records_);
  }

 private:
  [[noreturn]] void refuse(std::string_view rule) const { throw refusal(label_, rule); }
  [[noreturn]] void refuse(const ZipRecord& record, std::string_view rule) const {
    throw refusal(label_, record.name, rule);
  }
  const std::byte* at(std::size_t offset) const { return bytes_.data() + offset; }

  void read_directory() {
    records_.reserve(std::min<std::uint64_t>(end_.entries, bytes_.size() / kCentralSize));
    std::size_t next = end_.directory_begin;
    while (next < end_.directory_end) {
      if (records_.size() == end_.entries) refuse("has more in its central directory than its end record counts");
      next += read_central_header(next);
    }
    if (records_.size() != end_.entries) {
      refuse(fmt::format("has {} entries, though its end record counts {}", records_.size(), end_.entries));
    }
  }

  // Appends the record at `offset`; returns its length.
  std::size_t read_central_header(std::size_t offset) {
    if (end_.directory_end - offset < kCentralSize) refuse("has a damaged central directory");
    const std::byte* header = at(offset);
    if (load_u32(header) != kCentralSignature) refuse("has a damaged central directory");
    const std::size_t room = end_.directory_end - offset - kCentralSize;
    const std::size_t comment = load_u16(header + 32);
    const auto tail = read_tail(offset + kCentralSize, load_u16(header + 28), load_u16(header + 30), room);
    if (!tail || room - tail->size < comment) refuse("has a damaged central directory");
    ZipRecord record;
    record.name = tail->name;
    record.flags = load_u16(header + 8);
    record.method = load_u16(header + 10);
    record.crc32 = load_u32(header + 16);
    record.compressed_size = load_u32(header + 20);
    record.size = load_u32(header + 24);
    record.mode = load_u16(header + 40);
    record.offset = load_u32(header + 42);
    if (load_u16(header + 34) != 0) refuse(record, "is on another part of a zip split over several files");
    check_flags(record);
    check_extra(record, tail->extra);
    read_central_zip64(record, tail->extra);
    records_.push_back(record);
    return kCentralSize + tail->size + comment;
  }

  std::optional<Tail> read_tail(std::size_t offset, std::size_t name, std::size_t extra, std::size_t room) const {
    if (name + extra > room) return std::nullopt;
    return Tail{text_of(bytes_.subspan(offset, name)), bytes_.subspan(offset + name, extra), name + extra};
  }

  void check_flags(const ZipRecord& record) const {
    if ((record.flags & kEncrypted) != 0) refuse(record, "is encrypted");
    if ((record.flags & ~kKnownFlags) != 0) refuse(record, fmt::format("has unknown flags {:#06x}", record.flags));
  }

  // Extra fields (4.5): well-formed blocks, at most one of zip64, no second name.
  void check_extra(const ZipRecord& record, std::span<const std::byte> extra) const {
    bool has_zip64 = false;
    while (!extra.empty()) {
      if (extra.size() < 4) refuse(record, "has a damaged extra field");
      const std::uint16_t id = load_u16(extra.data());
      const std::size_t size = load_u16(extra.data() + 2);
      if (size > extra.size() - 4) refuse(record, "has a damaged extra field");
      if (id == kUnicodePathExtra) refuse(record, "has a second name in a unicode-path extra field (0x7075)");
      if (id == kZip64Extra && has_zip64) refuse(record, "has two zip64 extra fields");
      has_zip64 = has_zip64 || id == kZip64Extra;
      extra = extra.subspan(4 + size);
    }
  }

  // The zip64 block of checked extra fields.
  static std::optional<std::span<const std::byte>> zip64_block(std::span<const std::byte> extra) {
    while (!extra.empty()) {
      const std::size_t size = load_u16(extra.data() + 2);
      if (load_u16(extra.data()) == kZip64Extra) return extra.subspan(4, size);
      extra = extra.subspan(4 + size);
    }
    return std::nullopt;
  }

  // 4.5.3: exactly the values whose fields are all ones, in the order size, compressed size, offset. They are
  // there when a writer did not know the sizes beforehand; real 64-bit values cannot be: no Lambda package holds 4
  // GiB.
  void read_central_zip64(ZipRecord& record, std::span<const std::byte> extra) const {
    const auto block = zip64_block(extra);
    std::size_t used = 0;
    for (std::uint32_t* field : {&record.size, &record.compressed_size, &record.offset}) {
      if (*field != kInZip64) continue;
      if (!block || block->size() < used + 8) refuse(record, "lacks a value in its zip64 extra field");
      const std::uint64_t value = load_u64(block->data() + used);
      if (value >= kInZip64) refuse(record, "is larger than 4 GiB");
      *field = static_cast<std::uint32_t>(value);
      used += 8;
    }
    if (block && block->size() != used) refuse(record, "has a zip64 extra field that nothing asks for");
  }

  void read_local_header(ZipRecord& record) const {
    const std::size_t offset = record.offset;
    const std::size_t limit = end_.directory_begin;
    if (offset > limit || limit - offset < kLocalSize) refuse(record, "has no local header where it should be");
    const std::byte* header = at(offset);
    if (load_u32(header) != kLocalSignature) refuse(record, "has no local header where it should be");
    const std::size_t room = limit - offset - kLocalSize;
    const auto tail = read_tail(offset + kLocalSize, load_u16(header + 26), load_u16(header + 28), room);
    if (!tail) refuse(record, "is cut short within its local header");
    if (tail->name != record.name) {
      refuse(record, fmt::format("has another name, {}, in its local header", quote(tail->name)));
    }
    if (load_u16(header + 6) != record.flags) refuse(record, "has other flags in its local header");
    if (load_u16(header + 8) != record.method) refuse(record, "has another method in its local header");
    check_extra(record, tail->extra);
    check_local_sizes(record, header, zip64_block(tail->extra));
    if (room - tail->size < record.compressed_size) refuse(record, "is longer than the file");
    record.data = bytes_.subspan(offset + kLocalSize + tail->size, record.compressed_size);
  }

  // With a descriptor behind the data, the local header may hold zeros instead (4.4.4, bit 3).
  void check_local_sizes(const ZipRecord& record, const std::byte* header,
                         std::optional<std::span<const std::byte>> zip64) const {
    std::uint64_t compressed_size = load_u32(header + 18);
    std::uint64_t size = load_u32(header + 22);
    if (zip64) {
      // 4.5.3: both sizes, in the place of fields of all ones; Bazel's zipper (protobuf's wheels) also adds them
      // to fields that hold the same already.
      if (zip64->size() != 16) refuse(record, "has a damaged zip64 extra field in its local header");
      const std::uint64_t size64 = load_u64(zip64->data());
      const std::uint64_t compressed_size64 = load_u64(zip64->data() + 8);
      const bool size_fits = size == kInZip64 || size == size64;
      const bool compressed_fits = compressed_size == kInZip64 || compressed_size == compressed_size64;
      if (!size_fits || !compressed_fits) {
        refuse(record, "has a zip64 extra field that does not fit its local header");
      }
      size = size64;
      compressed_size = compressed_size64;
    }
    const bool later = (record.flags & kHasDescriptor) != 0;
    const auto agrees = [&](std::uint64_t local, std::uint64_t central) {
      return local == central || (later && local == 0);
    };
    if (!agrees(load_u32(header + 14), record.crc32)) refuse(record, "has another CRC-32 in its local header");
    if (!agrees(compressed_size, record.compressed_size) || !agrees(size, record.size)) {
      refuse(record, "has other sizes in its local header");
    }
  }

  // Every byte before the central directory belongs to exactly one entry: a reader that looks for local headers
  // finds the same entries as one that follows the directory.
  void check_that_nothing_is_between() const {
    std::vector<const ZipRecord*> by_offset;
    by_offset.reserve(records_.size());
    for (const ZipRecord& record : records_) by_offset.push_back(&record);
    const auto before = [](const ZipRecord* a, const ZipRecord* b) { return a->offset < b->offset; };
    if (!std::is_sorted(by_offset.begin(), by_offset.end(), before)) {
      std::sort(by_offset.begin(), by_offset.end(), before);
    }
    if (end_.directory_begin != 0 && (by_offset.empty() || by_offset.front()->offset != 0)) {
      refuse("has bytes before its first entry");
    }
    for (std::size_t i = 0; i < by_offset.size(); ++i) {
      const std::size_t next = i + 1 < by_offset.size() ? by_offset[i + 1]->offset : end_.directory_begin;
      check_end_of_entry(*by_offset[i], next);
    }
  }

  void check_end_of_entry(const ZipRecord& record, std::size_t next) const {
    const auto end = static_cast<std::size_t>(record.data.data() - bytes_.data()) + record.data.size();
    if (next < end) refuse(record, "overlaps another entry");
    if ((record.flags & kHasDescriptor) != 0) {
      if (!is_descriptor_of(record, bytes_.subspan(end, next - end))) {
        refuse(record, "has no data descriptor behind it, or a wrong one");
      }
    } else if (next != end) {
      refuse(record, "has bytes behind it that belong to no entry");
    }
  }

  // 4.3.9: CRC-32 and both sizes, of 4 bytes or (zip64) 8 each, with or without a signature.
  static bool is_descriptor_of(const ZipRecord& record, std::span<const std::byte> bytes) {
    if (bytes.size() == 16 || bytes.size() == 24) {
      if (load_u32(bytes.data()) != kDescriptorSignature) return false;
      bytes = bytes.subspan(4);
    }
    if (bytes.size() != 12 && bytes.size() != 20) return false;
    if (load_u32(bytes.data()) != record.crc32) return false;
    const std::byte* sizes = bytes.data() + 4;
    if (bytes.size() == 12) {
      return load_u32(sizes) == record.compressed_size && load_u32(sizes + 4) == record.size;
    }
    return load_u64(sizes) == record.compressed_size && load_u64(sizes + 8) == record.size;
  }

  std::span<const std::byte> bytes_;
  std::string_view label_;
  ZipEnd end_;
  std::vector<ZipRecord> records_;
};

}  // namespace

std::vector<ZipRecord> read_zip_records(std::span<const std::byte> bytes, std::string_view label) {
  return StructureReader(bytes, label).read();
}

}  // namespace lambda_pack
