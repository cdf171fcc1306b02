#include "archive/zip_structure.hpp"

#include <gtest/gtest.h>

#include <string>

#include "zip_questions.hpp"

namespace lambda_pack {
namespace {

using namespace testing;  // of the helpers; GoogleTest's own namespace is ::testing

// An honest entry whose sizes follow behind its data.
RawEntry described_file(const std::string& signature = "PK\7\10") {
  RawEntry entry = deflated_file();
  entry.flags = 8;
  entry.local_crc32 = entry.local_size = entry.local_compressed_size = 0;
  entry.descriptor = signature + u32(entry.crc32) + u32(entry.compressed_size) + u32(entry.size);
  return entry;
}

TEST(ZipStructure, TakesCentralValuesWhenADescriptorFollows) {
  for (const char* signature : {"PK\7\10", ""}) {
    RawZip zip;
    zip.entries = {described_file(signature), text_file("b")};
    const std::string bytes = zip.bytes();
    const ZipArchive archive = ZipArchive::parse(bytes_of(bytes), "x");
    EXPECT_EQ(archive.content(archive.entries()[0]), std::string(1000, 'x'));
  }
}

TEST(ZipStructure, ReadsDescriptorsOfZip64) {
  RawEntry entry = described_file();
  entry.descriptor = "PK\7\10" + u32(entry.crc32) + u64(entry.compressed_size) + u64(entry.size);
  EXPECT_EQ(said_of(entry), "accepted");
}

TEST(ZipStructure, RefusesDescriptorsThatAreMissingOrLie) {
  const std::string rule = "\"a.py\": has no data descriptor behind it, or a wrong one";
  RawEntry missing = described_file();
  missing.descriptor.clear();
  EXPECT_EQ(said_of(missing), rule);
  RawEntry wrong_crc = described_file();
  wrong_crc.descriptor[4] ^= 1;
  EXPECT_EQ(said_of(wrong_crc), rule);
  RawEntry wrong_size = described_file();
  wrong_size.descriptor[12] ^= 1;
  EXPECT_EQ(said_of(wrong_size), rule);
  RawEntry longer = described_file();
  longer.descriptor += "x";
  EXPECT_EQ(said_of(longer), rule);
}

TEST(ZipStructure, RefusesLocalHeadersThatDisagree) {
  RawEntry entry = deflated_file();
  entry.local_name = "b.py";
  EXPECT_EQ(said_of(entry), "\"a.py\": has another name, \"b.py\", in its local header");
  entry = deflated_file();
  entry.local_method = 0;
  EXPECT_EQ(said_of(entry), "\"a.py\": has another method in its local header");
  entry = deflated_file();
  entry.local_flags = 8;
  EXPECT_EQ(said_of(entry), "\"a.py\": has other flags in its local header");
  entry = deflated_file();
  entry.local_size = 7;
  EXPECT_EQ(said_of(entry), "\"a.py\": has other sizes in its local header");
  entry = deflated_file();
  entry.local_compressed_size = 7;
  EXPECT_EQ(said_of(entry), "\"a.py\": has other sizes in its local header");
  entry = deflated_file();
  entry.local_compressed_size = 0;  // only with a descriptor
  EXPECT_EQ(said_of(entry), "\"a.py\": has other sizes in its local header");
  entry = deflated_file();
  entry.local_crc32 = 7;
  EXPECT_EQ(said_of(entry), "\"a.py\": has another CRC-32 in its local header");
}

TEST(ZipStructure, RefusesEntriesThatPointElsewhere) {
  RawEntry entry = deflated_file();
  entry.offset = 3;
  EXPECT_EQ(said_of(entry), "\"a.py\": has no local header where it should be");
  entry.offset = 0x7fffffff;
  EXPECT_EQ(said_of(entry), "\"a.py\": has no local header where it should be");
  entry = deflated_file();
  entry.compressed_size = 4000;
  entry.local_compressed_size = 4000;
  EXPECT_EQ(said_of(entry), "\"a.py\": is longer than the file");
  entry = deflated_file();
  entry.local_name = std::string(4000, 'a');
  RawZip zip;
  zip.entries = {entry};
  std::string bytes = zip.bytes();
  bytes.erase(30, 3900);
  EXPECT_NE(said_of(bytes), "accepted");
}

TEST(ZipStructure, RefusesTwoEndRecords) {
  const std::string honest = zip_of({text_file()});
  EXPECT_EQ(said_of(honest + honest.substr(honest.size() - 22)), "has two end records");
  // An end record whose comment is another whole zip: readers that search from either end see different ones.
  RawZip outer;
  outer.entries = {text_file("outer")};
  outer.comment = zip_of({text_file("inner")});
  EXPECT_EQ(said_of(outer), "has two end records");
}

TEST(ZipStructure, AcceptsAZipAsAStoredEntryAndAnHonestComment) {
  RawZip zip;
  zip.entries = {RawEntry("inner.zip", zip_of({text_file()})), text_file("b")};
  zip.comment = "made by hand";
  EXPECT_EQ(said_of(zip), "accepted");
}

TEST(ZipStructure, RefusesBytesBeforeBetweenAndAfter) {
  RawZip zip;
  zip.entries = {text_file("a"), text_file("b")};
  zip.suffix = "x";
  EXPECT_EQ(said_of(zip), "has bytes after its end record");
  zip.suffix.clear();
  zip.prefix = "#!/usr/bin/env python\n";
  EXPECT_EQ(said_of(zip), "has bytes before its first entry");
  zip.count_prefix = false;
  EXPECT_EQ(said_of(zip), "has bytes before its first entry, or between its central directory and its end record");
  zip.prefix.clear();
  zip.before_end = "x";
  EXPECT_EQ(said_of(zip), "has bytes before its first entry, or between its central directory and its end record");
  zip.before_end.clear();
  zip.entries[0].gap = "x";
  EXPECT_EQ(said_of(zip), "\"a\": has bytes behind it that belong to no entry");
  zip.entries[0].gap.clear();
  zip.entries[1].gap = zip_of({text_file("hidden")});
  EXPECT_EQ(said_of(zip), "\"b\": has bytes behind it that belong to no entry");
  RawZip empty;
  empty.prefix = "x";
  EXPECT_EQ(said_of(empty), "has bytes before its first entry");
}

TEST(ZipStructure, RefusesOtherThanTheCountedEntries) {
  RawZip zip;
  zip.entries = {text_file("a"), text_file("b")};
  zip.count = 1;
  EXPECT_EQ(said_of(zip), "has more in its central directory than its end record counts");
  zip.count = 3;
  EXPECT_EQ(said_of(zip), "has 2 entries, though its end record counts 3");
  zip.count = 2;
  zip.count_here = 1;
  EXPECT_EQ(said_of(zip), "has an end record with two different entry counts");
}

TEST(ZipStructure, RefusesOverlappingEntries) {
  RawZip zip;
  RawEntry one("a", std::string(100, 'a'));
  RawEntry other = one;
  other.offset = 0;
  zip.entries = {one, other};
  zip.entries[1].name = "a";
  EXPECT_EQ(said_of(zip), "\"a\": overlaps another entry");
  // A bomb of David Fifield's kind: the first entry's data holds the second's local header.
  const RawEntry kernel("b", std::string(100, 'b'));
  const std::string inner = zip_of({kernel}).substr(0, 30 + 1 + 100);
  RawEntry hull("a", inner);
  RawEntry quoted = kernel;
  quoted.offset = 30 + 1;
  zip.entries = {hull, quoted};
  EXPECT_EQ(said_of(zip), "\"a\": overlaps another entry");
}

TEST(ZipStructure, RefusesSecondNames) {
  RawEntry entry = text_file();
  entry.extra = extra_block(0x7075, std::string("\1\0\0\0\0evil.py", 12));
  EXPECT_EQ(said_of(entry), "\"a.py\": has a second name in a unicode-path extra field (0x7075)");
  entry.extra.clear();
  entry.local_extra = extra_block(0x5455, "12345") + extra_block(0x7075, std::string("\1\0\0\0\0evil.py", 12));
  EXPECT_EQ(said_of(entry), "\"a.py\": has a second name in a unicode-path extra field (0x7075)");
}

TEST(ZipStructure, SkipsOtherExtraFieldsAndRefusesDamagedOnes) {
  RawEntry entry = text_file();
  entry.extra = entry.local_extra = extra_block(0x5455, "12345") + extra_block(0x7875, "");
  EXPECT_EQ(said_of(entry), "accepted");
  for (const std::string& damage : {std::string("x"), std::string("xyz"), u16(0x5455) + u16(9) + "12345678"}) {
    entry.extra = damage;
    EXPECT_EQ(said_of(entry), "\"a.py\": has a damaged extra field");
  }
}

TEST(ZipStructure, RefusesEncryption) {
  for (const std::uint16_t flag : {0x0001, 0x0040, 0x2000}) {
    RawEntry entry = text_file();
    entry.flags = flag;
    EXPECT_EQ(said_of(entry), "\"a.py\": is encrypted");
  }
}

TEST(ZipStructure, RefusesFlagsThatItDoesNotKnow) {
  RawEntry entry = text_file();
  entry.flags = 0x0020;
  EXPECT_EQ(said_of(entry), "\"a.py\": has unknown flags 0x0020");
}

TEST(ZipStructure, ReadsZip64Strictly) {
  RawEntry entry = deflated_file();
  entry.size = entry.compressed_size = 0xffffffff;
  const std::uint64_t packed = entry.data.size();
  entry.local_size = 1000;
  entry.local_compressed_size = static_cast<std::uint32_t>(packed);
  entry.extra = extra_block(1, u64(1000) + u64(packed));
  EXPECT_EQ(said_of(entry), "accepted");
  entry.extra = extra_block(1, u64(1000));
  EXPECT_EQ(said_of(entry), "\"a.py\": lacks a value in its zip64 extra field");
  entry.extra.clear();
  EXPECT_EQ(said_of(entry), "\"a.py\": lacks a value in its zip64 extra field");
  entry.extra = extra_block(1, u64(1000) + u64(packed) + u64(0));
  EXPECT_EQ(said_of(entry), "\"a.py\": has a zip64 extra field that nothing asks for");
  entry.extra = extra_block(1, u64(1000) + u64(packed)) + extra_block(1, u64(7) + u64(7));
  EXPECT_EQ(said_of(entry), "\"a.py\": has two zip64 extra fields");
  entry.extra = extra_block(1, u64(1ull << 32) + u64(packed));
  EXPECT_EQ(said_of(entry), "\"a.py\": is larger than 4 GiB");
}

TEST(ZipStructure, ReadsZip64LocalHeadersStrictly) {
  RawEntry entry = deflated_file();
  const std::uint64_t packed = entry.data.size();
  entry.local_size = entry.local_compressed_size = 0xffffffff;
  entry.local_extra = extra_block(1, u64(1000) + u64(packed));
  EXPECT_EQ(said_of(entry), "accepted");
  entry.local_extra = extra_block(1, u64(1001) + u64(packed));
  EXPECT_EQ(said_of(entry), "\"a.py\": has other sizes in its local header");
  entry.local_extra = extra_block(1, u64(1000));
  EXPECT_EQ(said_of(entry), "\"a.py\": has a damaged zip64 extra field in its local header");
  entry.local_size = entry.local_compressed_size = std::nullopt;
  entry.local_extra = extra_block(1, u64(1000) + u64(packed));  // as Bazel's zipper writes
  EXPECT_EQ(said_of(entry), "accepted");
  entry.local_extra = extra_block(1, u64(1001) + u64(packed));
  EXPECT_EQ(said_of(entry), "\"a.py\": has a zip64 extra field that does not fit its local header");
}

TEST(ZipStructure, ReadsZip64EndRecordsThatAgree) {
  RawZip zip;
  zip.entries = {text_file()};
  zip.zip64_end = true;
  EXPECT_EQ(said_of(zip), "accepted");
  zip.count = 0xffff;
  EXPECT_EQ(said_of(zip), "accepted");
  zip.zip64_count = 2;
  EXPECT_EQ(said_of(zip), "has 1 entries, though its end record counts 2");
  zip.count = std::nullopt;
  EXPECT_EQ(said_of(zip), "has a zip64 end record and an end record that disagree");
  zip.zip64_count = std::nullopt;
  std::string bytes = zip.bytes();
  bytes[bytes.size() - 22 - 20 + 8] ^= 1;  // the locator's offset
  EXPECT_EQ(said_of(bytes), "has a zip64 locator that does not follow its zip64 end record");
  bytes = zip.bytes();
  bytes[bytes.size() - 22 - 20 - 56] ^= 1;  // the record's signature
  EXPECT_EQ(said_of(bytes), "has a damaged zip64 end record");
}

TEST(ZipStructure, RefusesSplitZips) {
  RawZip zip;
  zip.entries = {text_file()};
  zip.disk = 1;
  EXPECT_EQ(said_of(zip), "is one part of a zip split over several files");
  RawEntry entry = text_file();
  entry.disk = 1;
  EXPECT_EQ(said_of(entry), "\"a.py\": is on another part of a zip split over several files");
}

TEST(ZipStructure, RefusesWhatIsNoZip) {
  EXPECT_EQ(said_of(std::string()), "is no zip: too short for an end record");
  EXPECT_EQ(said_of(std::string(100, 'x')), "is no zip, or is cut short: it has no end record");
  const std::string honest = zip_of({text_file("a"), deflated_file("b")});
  for (std::size_t size = 0; size < honest.size(); ++size) EXPECT_NE(said_of(honest.substr(0, size)), "accepted");
}

}  // namespace
}  // namespace lambda_pack
