#include "archive/elf_strip.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

constexpr std::uint32_t kNoBits = 8;         // SHT_NOBITS
constexpr std::uint64_t kAllocated = 2;      // SHF_ALLOC
constexpr std::uint64_t kInfoIsLink = 0x40;  // SHF_INFO_LINK
constexpr std::uint16_t kShared = 3;         // ET_DYN
constexpr std::string_view kNamesName = ".shstrtab";

// Elf64_Ehdr and Elf64_Shdr (System V ABI).
struct Header {
  unsigned char identity[16];
  std::uint16_t type, machine;
  std::uint32_t version;
  std::uint64_t entry, segments_at, sections_at;
  std::uint32_t flags;
  std::uint16_t size, segment_size, segments, section_size, sections, names;
};
static_assert(sizeof(Header) == 64);

struct Section {
  std::uint32_t name, type;
  std::uint64_t flags, address, offset, size;
  std::uint32_t link, info;
  std::uint64_t alignment, entry_size;
};
static_assert(sizeof(Section) == 64);

// Elf64_Phdr.
struct Segment {
  std::uint32_t type, flags;
  std::uint64_t offset, virtual_address, physical_address, file_size, memory_size, alignment;
};
static_assert(sizeof(Segment) == 56);

template <typename Structure>
std::vector<Structure> table(const std::string& elf, std::uint64_t offset, std::size_t count) {
  if (offset > elf.size() || count > (elf.size() - offset) / sizeof(Structure)) {
    throw Error("is a damaged ELF file: it is cut short");
  }
  std::vector<Structure> structures(count);
  if (count > 0) std::memcpy(structures.data(), elf.data() + offset, count * sizeof(Structure));
  return structures;
}

std::string_view name_of(const Section& section, std::string_view names) {
  if (section.name >= names.size()) throw Error("is a damaged ELF file: a section has no name");
  const std::string_view rest = names.substr(section.name);
  return rest.substr(0, rest.find('\0'));
}

// Both are 64 bits and little-endian on Lambda's machines; others are left alone. Structures are read as they lie in
// the file, which takes a little-endian machine as well.
bool can_be_stripped(const std::string& elf, const Header& header) {
  return std::endian::native == std::endian::little && elf.size() > sizeof(Header) && header.identity[4] == 2 &&
         header.identity[5] == 1 && header.type == kShared && header.sections > 0 &&
         header.section_size == sizeof(Section) && header.segment_size == sizeof(Segment) &&
         header.names < header.sections;
}

// Where the part ends that the program headers and the kept sections speak of.
std::uint64_t end_of_loaded(const std::vector<Segment>& segments, const std::vector<Section>& kept) {
  std::uint64_t end = sizeof(Header) + segments.size() * sizeof(Segment);
  for (const Segment& segment : segments) end = std::max(end, segment.offset + segment.file_size);
  for (const Section& section : kept) {
    if (section.type != kNoBits) end = std::max(end, section.offset + section.size);
  }
  return end;
}

}  // namespace

std::string stripped_elf(const std::string& elf) {
  Header header{};
  std::memcpy(&header, elf.data(), std::min(elf.size(), sizeof header));
  if (!can_be_stripped(elf, header)) return elf;
  const auto segments = table<Segment>(elf, header.segments_at, header.segments);
  const auto sections = table<Section>(elf, header.sections_at, header.sections);
  const Section& old_names = sections[header.names];
  const auto characters = table<char>(elf, old_names.offset, old_names.size);
  const std::string_view names_text(characters.data(), characters.size());

  // The first section is the empty one that stands for "none".
  std::vector<std::uint32_t> place(sections.size(), 0);
  std::vector<Section> kept(1);
  std::string names(1, '\0');
  for (std::size_t i = 1; i < sections.size(); ++i) {
    if ((sections[i].flags & kAllocated) == 0) continue;
    place[i] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(sections[i]);
    kept.back().name = static_cast<std::uint32_t>(names.size());
    names.append(name_of(sections[i], names_text)).push_back('\0');
  }
  for (Section& section : kept) {
    if (section.link < place.size()) section.link = place[section.link];
    if ((section.flags & kInfoIsLink) != 0 && section.info < place.size()) section.info = place[section.info];
  }

  const std::uint64_t end = end_of_loaded(segments, kept);
  if (end > elf.size()) throw Error("is a damaged ELF file: it is cut short");
  Section own{};
  own.name = static_cast<std::uint32_t>(names.size());
  own.type = 3;  // SHT_STRTAB
  own.offset = end;
  own.alignment = 1;
  names.append(kNamesName).push_back('\0');
  own.size = names.size();
  kept.push_back(own);

  std::string result = elf.substr(0, end) + names;
  result.resize((result.size() + 7) / 8 * 8);
  header.sections_at = result.size();
  header.sections = static_cast<std::uint16_t>(kept.size());
  header.names = static_cast<std::uint16_t>(kept.size() - 1);
  std::memcpy(result.data(), &header, sizeof header);
  result.append(reinterpret_cast<const char*>(kept.data()), kept.size() * sizeof(Section));
  return result.size() < elf.size() ? result : elf;
}

}  // namespace lambda_pack
