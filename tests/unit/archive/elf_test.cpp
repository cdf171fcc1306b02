#include "archive/elf.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "refusals.hpp"
#include "zip_builder.hpp"

namespace lambda_pack {
namespace {

using namespace testing;

// A shared library made byte by byte: headers, a loaded segment that covers the file at 0x1000, a dynamic section,
// strings and needed versions; no section headers, as after `strip --strip-section-headers`.
struct RawElf {
  bool wide = true;
  bool big_endian = false;
  std::uint16_t machine = 62;
  std::vector<std::string> needed = {"libm.so.6", "libc.so.6"};
  std::vector<std::pair<std::string, std::vector<std::string>>> versions = {
      {"libm.so.6", {"GLIBC_2.29"}}, {"libc.so.6", {"GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.4"}}};

  std::string bytes() const;

 private:
  std::string number(std::uint64_t value, int size) const {
    std::string text = u64(value).substr(0, static_cast<std::size_t>(size));
    return big_endian ? std::string(text.rbegin(), text.rend()) : text;
  }
  std::string half(std::uint64_t value) const { return number(value, 2); }
  std::string word(std::uint64_t value) const { return number(value, 4); }
  std::string native(std::uint64_t value) const { return number(value, wide ? 8 : 4); }
  std::string segment(int type, std::uint64_t offset, std::uint64_t size) const;
  std::string version_records(std::string& strings) const;
};

constexpr std::uint64_t kBase = 0x1000;

std::string RawElf::segment(int type, std::uint64_t offset, std::uint64_t size) const {
  const std::string flags = word(5);
  const std::string address = native(kBase + offset);
  const std::string middle = native(offset) + address + address + native(size) + native(size);
  return word(static_cast<std::uint64_t>(type)) + (wide ? flags + middle : middle + flags) + native(kBase);
}

std::string RawElf::version_records(std::string& strings) const {
  const auto name = [&](const std::string& text) {
    strings += text + '\0';
    return strings.size() - text.size() - 1;
  };
  std::string records;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const auto& [library, names] = versions[i];
    const std::size_t size = 16 * (1 + names.size());
    records += half(1) + half(names.size()) + word(name(library)) + word(16) + word(i + 1 < versions.size() ? size : 0);
    for (std::size_t j = 0; j < names.size(); ++j) {
      records += word(0) + half(0) + half(2) + word(name(names[j])) + word(j + 1 < names.size() ? 16 : 0);
    }
  }
  return records;
}

std::string RawElf::bytes() const {
  std::string strings(1, '\0');
  std::string dynamic;
  for (const std::string& library : needed) {
    dynamic += native(1) + native(strings.size());
    strings += library + '\0';
  }
  const std::string records = version_records(strings);
  const std::uint64_t header_size = wide ? 64 : 52;
  const std::uint64_t segment_size = wide ? 56 : 32;
  const std::uint64_t dynamic_at = header_size + 2 * segment_size;
  const std::uint64_t dynamic_size = dynamic.size() + (wide ? 16u : 8u) * 5;
  const std::uint64_t strings_at = dynamic_at + dynamic_size;
  const std::uint64_t records_at = strings_at + strings.size();
  dynamic += native(5) + native(kBase + strings_at) + native(10) + native(strings.size());
  dynamic += native(0x6ffffffe) + native(records.empty() ? 0 : kBase + records_at);
  dynamic += native(0x6fffffff) + native(versions.size()) + native(0) + native(0);
  const std::string identity = "\177ELF" + std::string(1, wide ? '\2' : '\1') +
                               std::string(1, big_endian ? '\2' : '\1') + '\1' + std::string(9, '\0');
  const std::string header = identity + half(3) + half(machine) + word(1) + native(0) + native(header_size) +
                             native(0) + word(0) + half(header_size) + half(segment_size) + half(2) + half(0) +
                             half(0) + half(0);
  return header + segment(1, 0, records_at + records.size()) + segment(2, dynamic_at, dynamic_size) + dynamic +
         strings + records;
}

ElfFacts facts_of(const std::string& bytes) { return elf_facts(bytes_of(bytes)).value(); }

TEST(Elf, TellsMachineLibrariesAndGlibcForEveryWidthAndByteOrder) {
  for (const bool wide : {true, false}) {
    for (const bool big_endian : {true, false}) {
      RawElf elf;
      elf.wide = wide;
      elf.big_endian = big_endian;
      elf.machine = 183;
      const ElfFacts facts = facts_of(elf.bytes());
      EXPECT_EQ(facts.machine, 183);
      EXPECT_EQ(facts.glibc_minor, 34);
      EXPECT_EQ(facts.needed, (std::vector<std::string>{"libm.so.6", "libc.so.6"}));
    }
  }
}

TEST(Elf, ReadsOnlyGlibcVersions) {
  const auto minor_of = [](std::vector<std::string> names) {
    RawElf elf;
    elf.versions = {{"libc.so.6", std::move(names)}};
    return facts_of(elf.bytes()).glibc_minor;
  };
  EXPECT_EQ(minor_of({"GLIBCXX_3.4.29", "CXXABI_1.3.9", "GCC_3.0"}), -1);
  EXPECT_EQ(minor_of({"GLIBC_PRIVATE"}), -1);
  EXPECT_EQ(minor_of({"GLIBC_2.2.5"}), 2);
  EXPECT_EQ(minor_of({"GLIBC_2.9", "GLIBC_2.17"}), 17);
  // Files with packed relocations need the loader of 2.36, whatever symbols they use.
  EXPECT_EQ(minor_of({"GLIBC_2.17", "GLIBC_ABI_DT_RELR"}), 36);
}

TEST(Elf, ReadsVersionsOfTheSystemsCxxLibraryOnly) {
  RawElf elf;
  elf.versions = {{"libstdc++.so.6", {"GLIBCXX_3.4", "GLIBCXX_3.4.29", "CXXABI_1.3.13", "GLIBCXX_3.4.9"}},
                  {"libstdc++-1a2b.so.6.0.33", {"GLIBCXX_3.4.33"}}};
  EXPECT_EQ(facts_of(elf.bytes()).glibcxx_patch, 29);
  elf.versions = {{"libc.so.6", {"GLIBC_2.17"}}};
  EXPECT_EQ(facts_of(elf.bytes()).glibcxx_patch, -1);
}

TEST(Elf, ReadsLibrariesThatNeedNothing) {
  RawElf elf;
  elf.needed.clear();
  elf.versions.clear();
  const ElfFacts facts = facts_of(elf.bytes());
  EXPECT_EQ(facts.machine, 62);
  EXPECT_EQ(facts.glibc_minor, -1);
  EXPECT_TRUE(facts.needed.empty());
}

TEST(Elf, ReadsObjectFilesWhichHaveNoSegments) {
  std::string bytes = RawElf().bytes().substr(0, 64);
  bytes[56] = 0;
  EXPECT_EQ(facts_of(bytes).machine, 62);
}

TEST(Elf, LeavesOtherFilesAlone) {
  EXPECT_EQ(elf_facts({}), std::nullopt);
  EXPECT_EQ(elf_facts(bytes_of("\177EL")), std::nullopt);
  EXPECT_EQ(elf_facts(bytes_of("import os\n")), std::nullopt);
}

std::string said_of(const std::string& bytes) {
  return refusal_of([&] { elf_facts(bytes_of(bytes)); });
}

TEST(Elf, SaysWhatIsDamaged) {
  const std::string honest = RawElf().bytes();
  EXPECT_EQ(said_of("\177ELF"), "is a damaged ELF file: it is cut short");
  EXPECT_EQ(said_of(honest.substr(0, 100)), "is a damaged ELF file: it is cut short");
  std::string damaged = honest;
  damaged[4] = 3;
  EXPECT_EQ(said_of(damaged), "is a damaged ELF file: its class is neither 32 nor 64 bits");
  damaged = honest;
  damaged[5] = 0;
  EXPECT_EQ(said_of(damaged), "is a damaged ELF file: its byte order is unknown");
  damaged = honest;
  damaged[54] = 57;
  EXPECT_EQ(said_of(damaged), "is a damaged ELF file: its program headers have an odd size");
  EXPECT_EQ(said_of(honest.substr(0, honest.size() - 20)), "is a damaged ELF file: it is cut short");
}

TEST(Elf, RefusesVersionListsThatOverlap) {
  RawElf elf;
  elf.versions = {{"libc.so.6", {"GLIBC_2.17", "GLIBC_2.18"}}};
  std::string bytes = elf.bytes();
  // Records one byte apart, and more of them than the file has room for.
  const std::size_t library = bytes.size() - 48;
  bytes.replace(library + 2, 2, u16(0xffff));
  bytes += std::string(2000, '\0');
  for (std::size_t at = library + 16; at + 16 < bytes.size(); ++at) bytes[at] = '\0';
  for (std::size_t at = library + 16; at + 16 < bytes.size(); at += 4) bytes.replace(at + 12, 4, u32(4));
  EXPECT_NE(said_of(bytes), "accepted");
}

TEST(Elf, SurvivesAnyDamage) {
  std::mt19937 random(99);
  for (int round = 0; round < 20000; ++round) {
    RawElf elf;
    elf.wide = random() % 2 == 0;
    elf.big_endian = random() % 2 == 0;
    std::string bytes = elf.bytes();
    for (unsigned damage = random() % 6 + 1; damage > 0; --damage) {
      const std::size_t at = random() % bytes.size();
      bytes[at] = random() % 2 == 0 ? static_cast<char>(random()) : static_cast<char>(0xff);
    }
    bytes.resize(random() % 4 == 0 ? random() % bytes.size() : bytes.size());
    said_of(bytes);
  }
}

}  // namespace
}  // namespace lambda_pack
