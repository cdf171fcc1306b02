#include "archive/zip_end.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "archive/little_endian.hpp"
#include "archive/refusal.hpp"

namespace lambda_pack {
namespace {

constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kZip64EndSize = 56;
constexpr std::size_t kLongestComment = 0xffff;
constexpr std::string_view kEndSignature{"PK\5\6", 4};
constexpr std::uint32_t kLocatorSignature = 0x07064b50;
constexpr std::uint32_t kZip64EndSignature = 0x06064b50;

class EndReader {
 public:
  EndReader(std::span<const std::byte> bytes, std::string_view label) : bytes_(bytes), label_(label) {}

  ZipEnd read() const {
    const std::size_t at = position();
    const std::byte* end = bytes_.data() + at;
    if (load_u16(end + 4) != 0 || load_u16(end + 6) != 0) refuse("is one part of a zip split over several files");
    const std::uint16_t entries = load_u16(end + 10);
    if (load_u16(end + 8) != entries) refuse("has an end record with two different entry counts");
    const std::uint32_t size = load_u32(end + 12);
    const std::uint32_t offset = load_u32(end + 16);
    // Readers differ in when they look for a locator; one that is there must therefore fit.
    if (at >= kLocatorSize && load_u32(end - kLocatorSize) == kLocatorSignature) {
      return read_zip64(at - kLocatorSize, entries, size, offset);
    }
    return checked(entries, size, offset, at);
  }

 private:
  [[noreturn]] void refuse(std::string_view rule) const { throw refusal(label_, rule); }

  // Where the end record is: the last place with its signature, and the only one whose comment ends with the file.
  std::size_t position() const {
    if (bytes_.size() < kEndSize) refuse("is no zip: too short for an end record");
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
    const std::size_t at = text.rfind(kEndSignature);
    if (at == std::string_view::npos) refuse("is no zip, or is cut short: it has no end record");
    if (at > bytes_.size() - kEndSize) refuse("is cut short within its end record");
    const std::size_t comment = load_u16(bytes_.data() + at + 20);
    if (at + kEndSize + comment > bytes_.size()) refuse("is cut short within its comment");
    if (at + kEndSize + comment < bytes_.size()) refuse("has bytes after its end record");
    refuse_second_end(text, at);
    return at;
  }

  void refuse_second_end(std::string_view text, std::size_t last) const {
    const std::size_t reach = kEndSize + kLongestComment;
    for (std::size_t at = text.size() > reach ? text.size() - reach : 0;; ++at) {
      at = text.find(kEndSignature, at);
      if (at == last) return;
      if (at + kEndSize + load_u16(bytes_.data() + at + 20) == bytes_.size()) refuse("has two end records");
    }
  }

  ZipEnd read_zip64(std::size_t locator, std::uint16_t entries, std::uint32_t size, std::uint32_t offset) const {
    const std::byte* at = bytes_.data() + locator;
    const std::uint64_t position = load_u64(at + 8);
    if (load_u32(at + 4) != 0 || load_u32(at + 16) != 1) refuse("is one part of a zip split over several files");
    if (locator < kZip64EndSize || position != locator - kZip64EndSize) {
      refuse("has a zip64 locator that does not follow its zip64 end record");
    }
    const std::byte* end = bytes_.data() + position;
    const bool well_formed = load_u32(end) == kZip64EndSignature && load_u64(end + 4) == kZip64EndSize - 12 &&
                             load_u32(end + 16) == 0 && load_u32(end + 20) == 0;
    if (!well_formed) refuse("has a damaged zip64 end record");
    const std::uint64_t entries64 = load_u64(end + 32);
    const std::uint64_t size64 = load_u64(end + 40);
    const std::uint64_t offset64 = load_u64(end + 48);
    const bool agrees = load_u64(end + 24) == entries64 && (entries == entries64 || entries == 0xffff) &&
                        (size == size64 || size == 0xffffffff) && (offset == offset64 || offset == 0xffffffff);
    if (!agrees) refuse("has a zip64 end record and an end record that disagree");
    return checked(entries64, size64, offset64, static_cast<std::size_t>(position));
  }

  ZipEnd checked(std::uint64_t entries, std::uint64_t size, std::uint64_t offset, std::size_t end) const {
    if (size > end || offset > end - size) refuse("has a central directory that does not fit the file");
    if (offset + size < end) refuse(stray_bytes_rule(offset + size, end));
    return {entries, static_cast<std::size_t>(offset), end};
  }

  std::string_view stray_bytes_rule(std::uint64_t directory_end, std::size_t end) const {
    constexpr std::uint32_t signature = 0x06054b50;
    if (end - directory_end >= kEndSize && load_u32(bytes_.data() + directory_end) == signature) {
      return "has two end records";
    }
    return "has bytes before its first entry, or between its central directory and its end record";
  }

  std::span<const std::byte> bytes_;
  std::string_view label_;
};

}  // namespace

ZipEnd find_zip_end(std::span<const std::byte> bytes, std::string_view label) { return EndReader(bytes, label).read(); }

}  // namespace lambda_pack
