#include "archive/elf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kMagic{"\177ELF", 4};
constexpr std::uint32_t kLoad = 1;                   // PT_LOAD
constexpr std::uint32_t kDynamic = 2;                // PT_DYNAMIC
constexpr std::uint64_t kEnd = 0;                    // DT_NULL
constexpr std::uint64_t kNeeded = 1;                 // DT_NEEDED
constexpr std::uint64_t kStrings = 5;                // DT_STRTAB
constexpr std::uint64_t kStringsSize = 10;           // DT_STRSZ
constexpr std::uint64_t kSoname = 14;                // DT_SONAME
constexpr std::uint64_t kVersions = 0x6ffffffe;      // DT_VERNEED
constexpr std::uint64_t kVersionFiles = 0x6fffffff;  // DT_VERNEEDNUM
constexpr std::size_t kVersionSize = 16;             // Elf32_Verneed, Elf32_Vernaux and the same of 64 bits

// Far more than any real file has, so that a made-up one costs neither much time nor much memory.
constexpr std::size_t kLongestName = 4096;
constexpr std::size_t kMostNeeded = 4096;

// GLIBC_ABI_DT_RELR, first of the marks that glibc uses for features of its loader, came with 2.36.
constexpr int kFirstAbiMark = 36;

struct Segment {
  std::uint32_t type = 0;
  std::uint64_t offset = 0, address = 0, file_size = 0;
};

struct Dynamic {
  std::vector<std::uint64_t> needed;  // offsets into the strings
  std::optional<std::uint64_t> soname;
  std::uint64_t strings = 0, strings_size = 0, versions = 0, version_files = 0;
};

// The number that follows `prefix`, whatever comes after it; -1 for texts that begin otherwise.
int number_after(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return -1;
  text.remove_prefix(prefix.size());
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The minor of `GLIBC_2.<minor>`, with or without a third number; -1 for other versions, also GLIBC_PRIVATE.
int glibc_minor_of(std::string_view version) {
  return version.starts_with("GLIBC_ABI_") ? kFirstAbiMark : number_after("GLIBC_2.", version);
}

class ElfReader {
 public:
  explicit ElfReader(std::span<const std::byte> bytes) : bytes_(bytes) {
    const unsigned elf_class = number<std::uint8_t>(4);
    const unsigned order = number<std::uint8_t>(5);
    if (elf_class != 1 && elf_class != 2) damaged("its class is neither 32 nor 64 bits");
    if (order != 1 && order != 2) damaged("its byte order is unknown");
    wide_ = elf_class == 2;
    big_endian_ = order == 2;
  }

  ElfFacts facts() {
    ElfFacts facts;
    facts.machine = number<std::uint16_t>(18);
    read_segments();
    const auto dynamic = std::ranges::find(segments_, kDynamic, &Segment::type);
    // Object files have no segments, static programs no dynamic one, and separate debug files an empty one.
    if (dynamic == segments_.end() || dynamic->file_size == 0) return facts;
    const Dynamic tags = read_dynamic(*dynamic);
    if (!tags.needed.empty() || tags.versions != 0 || tags.soname) {
      strings_ = part_at(tags.strings, tags.strings_size);
    }
    for (const std::uint64_t name : tags.needed) facts.needed.emplace_back(string(name));
    if (tags.soname) facts.soname = string(*tags.soname);
    if (tags.versions != 0) read_versions(tags, facts);
    return facts;
  }

 private:
  [[noreturn]] static void damaged(std::string_view how) { throw Error(fmt::format("is a damaged ELF file: {}", how)); }

  std::span<const std::byte> part(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) damaged("it is cut short");
    return bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }

  template <typename Number>
  Number number(std::uint64_t offset) const {
    std::uint64_t value = 0;
    const auto field = part(offset, sizeof(Number));
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      value = value << 8 | std::to_integer<std::uint64_t>(field[big_endian_ ? i : sizeof(Number) - 1 - i]);
    }
    return static_cast<Number>(value);
  }

  // An address, offset or size, as wide as the file's class.
  std::uint64_t word(std::uint64_t offset) const {
    return wide_ ? number<std::uint64_t>(offset) : number<std::uint32_t>(offset);
  }

  void read_segments() {
    const std::uint64_t table = word(wide_ ? 32 : 28);
    const std::uint64_t entry_size = number<std::uint16_t>(wide_ ? 54 : 42);
    const std::uint64_t count = number<std::uint16_t>(wide_ ? 56 : 44);
    if (count == 0) return;
    if (entry_size != (wide_ ? 56u : 32u)) damaged("its program headers have an odd size");
    part(table, count * entry_size);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = table + i * entry_size;
      Segment segment;
      segment.type = number<std::uint32_t>(at);
      segment.offset = word(at + (wide_ ? 8 : 4));
      segment.address = word(at + (wide_ ? 16 : 8));
      segment.file_size = word(at + (wide_ ? 32 : 16));
      segments_.push_back(segment);
    }
  }

  // The `size` bytes that the loader would put at `address`.
  std::span<const std::byte> part_at(std::uint64_t address, std::uint64_t size) const {
    return part(offset_of(address, size), size);
  }

  std::uint64_t offset_of(std::uint64_t address, std::uint64_t size) const {
    for (const Segment& segment : segments_) {
      if (segment.type != kLoad || address < segment.address) continue;
      const std::uint64_t within = address - segment.address;
      if (within > segment.file_size || size > segment.file_size - within) continue;
      if (segment.offset > bytes_.size() || within > bytes_.size() - segment.offset) continue;
      return segment.offset + within;
    }
    damaged("its dynamic section points outside the file");
  }

  Dynamic read_dynamic(const Segment& segment) const {
    part(segment.offset, segment.file_size);
    const std::uint64_t width = wide_ ? 8 : 4;
    Dynamic tags;
    for (std::uint64_t at = 0; at + 2 * width <= segment.file_size; at += 2 * width) {
      const std::uint64_t tag = word(segment.offset + at);
      const std::uint64_t value = word(segment.offset + at + width);
      if (tag == kEnd) break;
      if (tag == kNeeded) tags.needed.push_back(value);
      if (tags.needed.size() > kMostNeeded) damaged("it needs thousands of libraries");
      if (tag == kStrings) tags.strings = value;
      if (tag == kStringsSize) tags.strings_size = value;
      if (tag == kSoname) tags.soname = value;
      if (tag == kVersions) tags.versions = value;
      if (tag == kVersionFiles) tags.version_files = value;
    }
    return tags;
  }

  std::string_view string(std::uint64_t offset) const {
    if (offset >= strings_.size()) damaged("a name lies outside its string table");
    auto rest = strings_.subspan(static_cast<std::size_t>(offset));
    rest = rest.first(std::min(rest.size(), kLongestName));
    const auto end = std::ranges::find(rest, std::byte{0});
    if (end == rest.end()) damaged("a name has no end");
    return {reinterpret_cast<const char*>(rest.data()), static_cast<std::size_t>(end - rest.begin())};
  }

  // The highest versions in the list of needed ones: one record a library (Verneed), each with a list of versions
  // (Vernaux), all linked by offsets forward.
  void read_versions(const Dynamic& tags, ElfFacts& facts) const {
    std::uint64_t budget = bytes_.size() / kVersionSize;  // honest records do not overlap: no more fit the file
    std::uint64_t library = offset_of(tags.versions, kVersionSize);
    for (std::uint64_t i = 0; i < tags.version_files; ++i) {
      if (number<std::uint16_t>(library) != 1) damaged("its needed versions have an unknown form");
      // A libstdc++ that a wheel brings has another name, and versions of its own.
      const bool of_system = string(number<std::uint32_t>(library + 4)) == "libstdc++.so.6";
      const std::uint64_t count = number<std::uint16_t>(library + 2);
      std::uint64_t version = library + number<std::uint32_t>(library + 8);
      for (std::uint64_t j = 0; j < count; ++j) {
        if (budget-- == 0) damaged("its needed versions overlap");
        const std::string_view name = string(number<std::uint32_t>(version + 8));
        facts.glibc_minor = std::max(facts.glibc_minor, glibc_minor_of(name));
        if (of_system) facts.glibcxx_patch = std::max(facts.glibcxx_patch, number_after("GLIBCXX_3.4.", name));
        const std::uint32_t next = number<std::uint32_t>(version + 12);
        if (next == 0) break;
        version += next;
      }
      const std::uint32_t next = number<std::uint32_t>(library + 12);
      if (next == 0) break;
      library += next;
    }
  }

  std::span<const std::byte> bytes_;
  bool wide_ = false;
  bool big_endian_ = false;
  std::vector<Segment> segments_;
  std::span<const std::byte> strings_;
};

}  // namespace

std::optional<ElfFacts> elf_facts(std::span<const std::byte> bytes) {
  if (bytes.size() < kMagic.size()) return std::nullopt;
  if (std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) return std::nullopt;
  return ElfReader(bytes).facts();
}

}  // namespace lambda_pack
