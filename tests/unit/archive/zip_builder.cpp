#include "zip_builder.hpp"

#include "archive/deflate.hpp"

namespace lambda_pack::testing {
namespace {

std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xff);
  return text;
}

std::string local_header(const RawEntry& entry) {
  const std::string& name = entry.local_name ? *entry.local_name : entry.name;
  return "PK\3\4" + u16(20) + u16(entry.local_flags.value_or(entry.flags)) +
         u16(entry.local_method.value_or(entry.method)) + u16(0) + u16(0x21) +
         u32(entry.local_crc32.value_or(entry.crc32)) +
         u32(entry.local_compressed_size.value_or(entry.compressed_size)) + u32(entry.local_size.value_or(entry.size)) +
         u16(name.size()) + u16(entry.local_extra.size()) + name + entry.local_extra;
}

std::string central_header(const RawEntry& entry, std::uint32_t offset) {
  return "PK\1\2" + u16(3 << 8 | 20) + u16(20) + u16(entry.flags) + u16(entry.method) + u16(0) + u16(0x21) +
         u32(entry.crc32) + u32(entry.compressed_size) + u32(entry.size) + u16(entry.name.size()) +
         u16(entry.extra.size()) + u16(0) + u16(entry.disk) + u16(0) +
         u32(static_cast<std::uint64_t>(entry.mode) << 16) + u32(entry.offset.value_or(offset)) + entry.name +
         entry.extra;
}

}  // namespace

std::string u16(std::uint64_t value) { return little_endian(value, 2); }
std::string u32(std::uint64_t value) { return little_endian(value, 4); }
std::string u64(std::uint64_t value) { return little_endian(value, 8); }

std::string extra_block(std::uint16_t id, std::string_view content) {
  return u16(id) + u16(content.size()) + std::string(content);
}

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

RawEntry::RawEntry(std::string name_given, std::string content, bool deflate)
    : name(std::move(name_given)), data(content), crc32(crc32_of(bytes_of(content))),
      size(static_cast<std::uint32_t>(content.size())) {
  if (std::string packed = deflate ? deflated(bytes_of(content)) : std::string(); !packed.empty()) {
    data = std::move(packed);
    method = 8;
  }
  compressed_size = static_cast<std::uint32_t>(data.size());
}

std::string RawZip::bytes() const {
  std::string out = prefix;
  std::string directory;
  const std::size_t not_counted = count_prefix ? 0 : prefix.size();
  for (const RawEntry& entry : entries) {
    directory += central_header(entry, static_cast<std::uint32_t>(out.size() - not_counted));
    out += local_header(entry) + entry.data + entry.descriptor + entry.gap;
  }
  const std::size_t offset = out.size() - not_counted;
  out += directory + before_end;
  if (zip64_end) {
    const std::size_t position = out.size();
    const std::uint64_t claim = zip64_count.value_or(entries.size());
    out += "PK\6\6" + u64(44) + u16(45) + u16(45) + u32(0) + u32(0) + u64(claim) + u64(claim) + u64(directory.size()) +
           u64(offset);
    out += "PK\6\7" + u32(0) + u64(position) + u32(1);
  }
  const std::uint16_t claim = count.value_or(static_cast<std::uint16_t>(entries.size()));
  out += "PK\5\6" + u16(disk) + u16(0) + u16(count_here.value_or(claim)) + u16(claim) + u32(directory.size()) +
         u32(offset) + u16(comment.size()) + comment + suffix;
  return out;
}

std::string zip_of(const std::vector<RawEntry>& entries) {
  RawZip zip;
  zip.entries = entries;
  return zip.bytes();
}

}  // namespace lambda_pack::testing
