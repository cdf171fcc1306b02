#include "archive/zip_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "archive/deflate.hpp"
#include "refusals.hpp"
#include "zip_builder.hpp"

namespace lambda_pack {
namespace {

using namespace testing;

// Files with the memory that their parts point into.
class Files {
 public:
  void add(const std::string& path, std::string content, bool executable = false) {
    const auto crc = crc32_of(bytes_of(content));
    const auto size = static_cast<std::uint32_t>(content.size());
    const std::string packed = deflated(bytes_of(content));
    const ZipMethod method = packed.empty() ? ZipMethod::stored : ZipMethod::deflated;
    const std::string& data = data_.emplace_back(packed.empty() ? std::move(content) : packed);
    parts_.push_back({&paths_.emplace_back(path), method, crc, size, executable, bytes_of(data)});
  }
  std::span<const ZipPart> parts() const { return parts_; }
  ZipPart& operator[](std::size_t index) { return parts_[index]; }

 private:
  std::deque<ArchivePath> paths_;
  std::deque<std::string> data_;
  std::vector<ZipPart> parts_;
};

std::string joined(const ZipLayout& layout) {
  std::string bytes;
  for (const auto piece : layout.pieces()) bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  EXPECT_EQ(bytes.size(), layout.size());
  return bytes;
}

std::string zip_of_parts(const Files& files, ZipTime time = {}) { return joined(ZipLayout(files.parts(), time)); }

// Names, modes and contents as libarchive reads them, by the central directory or in the order of the stream.
std::map<std::string, std::pair<int, std::string>> read_by_libarchive(const std::string& bytes, bool streaming) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  streaming ? archive_read_support_format_zip_streamable(reader.get())
            : archive_read_support_format_zip_seekable(reader.get());
  EXPECT_EQ(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()), ARCHIVE_OK);
  std::map<std::string, std::pair<int, std::string>> files;
  archive_entry* entry = nullptr;
  int result = ARCHIVE_OK;
  while ((result = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    EXPECT_EQ(archive_read_data(reader.get(), content.data(), content.size()), static_cast<la_ssize_t>(content.size()));
    char rest = 0;
    EXPECT_EQ(archive_read_data(reader.get(), &rest, 1), 0) << archive_error_string(reader.get());
    files[archive_entry_pathname(entry)] = {archive_entry_mode(entry), content};
  }
  EXPECT_EQ(result, ARCHIVE_EOF) << archive_error_string(reader.get());
  return files;
}

TEST(ZipWriter, WritesEveryByteAsTheRulesSay) {
  Files files;
  files.add("a/run", "hi", true);
  files.add("ü", "");
  const std::string local_one = "PK\3\4" + u16(20) + u16(0) + u16(0) + u16(0) + u16(0x21) +
                                u32(crc32_of(bytes_of("hi"))) + u32(2) + u32(2) + u16(5) + u16(0) + "a/run" + "hi";
  const std::string local_two =
      "PK\3\4" + u16(20) + u16(0x0800) + u16(0) + u16(0) + u16(0x21) + u32(0) + u32(0) + u32(0) + u16(2) + u16(0) + "ü";
  const std::string central = "PK\1\2" + u16(0x0314) + local_one.substr(4, 26) + u16(0) + u16(0) + u16(0) +
                              u32(0100755u << 16) + u32(0) + "a/run" + "PK\1\2" + u16(0x0314) +
                              local_two.substr(4, 26) + u16(0) + u16(0) + u16(0) + u32(0100644u << 16) +
                              u32(local_one.size()) + "ü";
  const std::string end = "PK\5\6" + u16(0) + u16(0) + u16(2) + u16(2) + u32(central.size()) +
                          u32(local_one.size() + local_two.size()) + u16(0);
  EXPECT_EQ(zip_of_parts(files), local_one + local_two + central + end);
}

TEST(ZipWriter, WritesAnEmptyZip) { EXPECT_EQ(zip_of_parts({}), "PK\5\6" + std::string(18, '\0')); }

TEST(ZipWriter, KeepsItsPiecesWhenMoved) {
  ZipLayout empty({}, {});
  const ZipLayout moved = std::move(empty);
  EXPECT_EQ(joined(moved), "PK\5\6" + std::string(18, '\0'));
}

TEST(ZipWriter, RefusesPathsTwiceOrOutOfOrder) {
  Files twice;
  twice.add("a", "1");
  twice.add("a", "2");
  EXPECT_EQ(refusal_of([&] { zip_of_parts(twice); }), "the zip would hold \"a\" twice or out of order");
  Files unsorted;
  unsorted.add("b", "1");
  unsorted.add("a", "2");
  EXPECT_EQ(refusal_of([&] { zip_of_parts(unsorted); }), "the zip would hold \"a\" twice or out of order");
}

TEST(ZipWriter, PutsTheHeadFirstEachPartOfItSorted) {
  Files files;
  for (const char* path : {"b", "d", "a", "c"}) files.add(path, path);
  const std::string bytes = joined(ZipLayout(files.parts(), {}, 2));
  EXPECT_LT(bytes.find("bb"), bytes.find("dd"));
  EXPECT_LT(bytes.find("dd"), bytes.find("aa"));
  EXPECT_LT(bytes.find("aa"), bytes.find("cc"));
  EXPECT_TRUE(bytes.starts_with(joined(ZipLayout(files.parts().first(2), {})).substr(0, bytes.find("aa") - 31)));
  EXPECT_EQ(ZipArchive::parse(bytes_of(bytes), "x").entries().size(), 4u);
}

TEST(ZipWriter, RefusesPathsThatAreInTheHeadAndBehindIt) {
  Files files;
  for (const char* path : {"b", "d", "a", "b"}) files.add(path, path);
  EXPECT_EQ(refusal_of([&] { ZipLayout(files.parts(), {}, 2); }), "the zip would hold \"b\" twice or out of order");
}

TEST(ZipWriter, RefusesMoreEntriesThanAZipHolds) {
  Files files;
  for (int i = 100000; i < 100000 + 65535; ++i) files.add(std::to_string(i), "");
  const std::string most = zip_of_parts(files);
  EXPECT_EQ(ZipArchive::parse(bytes_of(most), "x").entries().size(), 65535u);
  files.add("a", "");
  EXPECT_EQ(refusal_of([&] { zip_of_parts(files); }),
            "the zip would have 65536 entries; without zip64, which AWS Lambda does not take, it can have 65535");
}

TEST(ZipWriter, RefusesMoreBytesThanAZipHolds) {
  const std::string data(1 << 20, 'x');
  std::deque<ArchivePath> paths;
  std::vector<ZipPart> parts;
  for (int i = 10000; i < 10000 + 4096; ++i) {
    paths.emplace_back(std::to_string(i));
    parts.push_back({&paths.back(), ZipMethod::stored, 0, 1 << 20, false, bytes_of(data)});
  }
  EXPECT_EQ(refusal_of([&] { ZipLayout(parts, {}); }), "the zip would have 4.3 GB; it can have 4 GiB");
  parts.pop_back();
  EXPECT_EQ(refusal_of([&] { ZipLayout(parts, {}); }), "accepted");
}

TEST(ZipWriter, IsReadBackTheSameByOurReaderAndByLibarchive) {
  std::mt19937 random(20240229);
  for (int round = 0; round < 100; ++round) {
    std::map<std::string, std::pair<int, std::string>> expected;
    const std::size_t count = random() % 20 + 1;
    while (expected.size() < count) {
      std::string path;
      for (unsigned depth = random() % 4; depth > 0; --depth) path += "d" + std::to_string(random() % 3) + "/";
      path += "f" + std::to_string(random() % 50);
      std::string content(random() % 3 == 0 ? 0 : random() % 5000, '\0');
      const bool compressible = random() % 2 == 0;
      for (char& c : content) c = static_cast<char>(compressible ? 'a' + random() % 3 : random());
      expected[path] = {random() % 2 == 0 ? 0100755 : 0100644, content};
    }
    Files files;
    for (const auto& [path, file] : expected) files.add(path, file.second, file.first == 0100755);
    const std::string bytes = zip_of_parts(files);

    std::map<std::string, std::pair<int, std::string>> ours;
    const ZipArchive archive = ZipArchive::parse(bytes_of(bytes), "x");
    for (const ZipEntry& entry : archive.entries()) {
      ours[entry.path.str()] = {entry.executable ? 0100755 : 0100644, archive.content(entry)};
    }
    EXPECT_EQ(ours, expected);
    EXPECT_EQ(read_by_libarchive(bytes, false), expected);
    EXPECT_EQ(read_by_libarchive(bytes, true).size(), expected.size());  // modes are in the directory only
  }
}

ZipTime time_of(const char* text) { return ZipTime::from_source_date_epoch(text); }

TEST(ZipTime, IsNewYear1980WithoutSourceDateEpoch) {
  for (const char* text : {static_cast<const char*>(nullptr), "", "0", "315532800"}) {
    EXPECT_EQ(time_of(text).date, 0x0021);
    EXPECT_EQ(time_of(text).time, 0);
  }
}

TEST(ZipTime, IsSourceDateEpochInUtc) {
  const ZipTime time = time_of("1709210096");  // 2024-02-29 12:34:56
  EXPECT_EQ(time.date, (2024 - 1980) << 9 | 2 << 5 | 29);
  EXPECT_EQ(time.time, 12 << 11 | 34 << 5 | 28);
  EXPECT_EQ(time_of("99999999999").date, 127 << 9 | 12 << 5 | 31);
}

TEST(ZipTime, RefusesWhatIsNoNumber) {
  for (const char* text : {"yesterday", "12 ", "-1", "0x10", "99999999999999999999999"}) {
    EXPECT_EQ(refusal_of([&] { time_of(text); }),
              "SOURCE_DATE_EPOCH is \"" + std::string(text) + "\", not a number of seconds since 1970");
  }
}

TEST(ZipTime, ReachesBothHeaders) {
  Files files;
  files.add("a", "x");
  const std::string bytes = zip_of_parts(files, time_of("1709210096"));
  const std::string stamp = u16(time_of("1709210096").time) + u16(time_of("1709210096").date);
  EXPECT_EQ(bytes.substr(10, 4), stamp);
  EXPECT_EQ(bytes.substr(bytes.find("PK\1\2") + 12, 4), stamp);
}

}  // namespace
}  // namespace lambda_pack
