// A zip with random damage is refused or read as before, and never crashes the reader (run this under the
// sanitizers).
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "archive/elf.hpp"
#include "archive/record.hpp"
#include "archive/zip_reader.hpp"
#include "base/error.hpp"
#include "zip_builder.hpp"

namespace lambda_pack {
namespace {

using namespace testing;

using Contents = std::map<std::string, std::string>;

// Everything a reader would use; throws Error when anything in it is refused.
Contents read_everything(const std::string& bytes) {
  const ZipArchive archive = ZipArchive::parse(bytes_of(bytes), "damaged.zip");
  Contents contents;
  for (const ZipEntry& entry : archive.entries()) contents[entry.path.str()] = archive.content(entry);
  return contents;
}

// A zip with something of everything: descriptors, extra fields, zip64, a folder, a zip inside, a comment.
std::string rich_zip() {
  RawZip zip;
  RawEntry described("pkg/described.txt", std::string(300, 'd') + "end", true);
  described.flags = 8;
  described.local_crc32 = described.local_size = described.local_compressed_size = 0;
  described.descriptor = "PK\7\10" + u32(described.crc32) + u32(described.compressed_size) + u32(described.size);
  RawEntry wide("pkg/wide.txt", std::string(500, 'w'), true);
  wide.extra = extra_block(1, u64(wide.size));
  wide.local_extra = extra_block(1, u64(wide.size) + u64(wide.compressed_size));
  wide.local_size = wide.local_compressed_size = 0xffffffff;
  wide.size = 0xffffffff;
  RawEntry folder("pkg/", "");
  folder.mode = 0040755;
  RawEntry inner("pkg/inner.zip", zip_of({RawEntry("a", "b")}));
  inner.local_extra = inner.extra = extra_block(0x5455, "12345");
  zip.entries = {folder, described, wide, inner, RawEntry("z", "")};
  zip.comment = "comment";
  return zip.bytes();
}

// Bytes in which no content shows: mode bits other than type and x, times, versions, comments, unknown extra
// fields. So the damaged zip may be read, but only with names and contents that the undamaged one has.
void expect_refused_or_same(const std::string& damaged, const Contents& undamaged) {
  try {
    EXPECT_EQ(read_everything(damaged), undamaged);
  } catch (const Error& error) {
    EXPECT_LE(std::string(error.what()).size(), 2000u);
  }
}

TEST(DamagedZip, IsRefusedOrReadTheSameAfterEveryBitFlip) {
  const std::string honest = rich_zip();
  const Contents contents = read_everything(honest);
  ASSERT_EQ(contents.size(), 4u);
  for (std::size_t at = 0; at < honest.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = honest;
      damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
      // Both headers' names lie apart, so that one flip cannot change a name.
      expect_refused_or_same(damaged, contents);
    }
  }
}

TEST(DamagedZip, IsRefusedWhenCutShort) {
  const std::string honest = rich_zip();
  for (std::size_t size = 0; size < honest.size(); ++size) {
    EXPECT_THROW(read_everything(honest.substr(0, size)), Error);
  }
}

TEST(DamagedZip, NeverCrashesTheReaderWhateverHappenedToIt) {
  const std::string honest = rich_zip();
  std::mt19937 random(4711);
  const std::string signatures[] = {"PK\1\2", "PK\3\4", "PK\5\6", "PK\6\6", "PK\6\7", "PK\7\10", "\xff\xff\xff\xff"};
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = honest;
    for (unsigned damage = random() % 8; damage > 0; --damage) {
      const std::size_t at = random() % damaged.size();
      const std::size_t other = random() % damaged.size();
      switch (random() % 5) {
        case 0: damaged[at] = static_cast<char>(random()); break;
        case 1: damaged.replace(at, 4, signatures[random() % std::size(signatures)]); break;
        case 2: damaged.erase(at, random() % 30 + 1); break;
        case 3: damaged.insert(at, damaged.substr(other, random() % 60)); break;
        default: damaged.replace(at, 4, u32(random() % damaged.size())); break;
      }
      if (damaged.empty()) damaged = "P";
    }
    try {
      read_everything(damaged);
    } catch (const Error&) {
    }
  }
}

TEST(DamagedRecord, NeverCrashesItsReader) {
  const std::string honest = "\"a,b\",sha256=x,1\r\n\"say \"\"hi\"\"\",,\n\nplain,sha256=y,2\n\"x\",,\n";
  std::mt19937 random(42);
  const std::string alphabet = "\",\r\nab=";
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = honest;
    for (unsigned damage = random() % 6; damage > 0; --damage) {
      damaged[random() % damaged.size()] = alphabet[random() % alphabet.size()];
    }
    try {
      const Record record(damaged.substr(0, random() % (damaged.size() + 1)));
      const std::string text = record_text(record.rows());
      EXPECT_EQ(Record(text).rows().size(), record.rows().size());
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace lambda_pack
