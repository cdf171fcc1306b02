#include "archive/zip_reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "zip_questions.hpp"

namespace lambda_pack {
namespace {

using namespace testing;  // of the helpers; GoogleTest's own namespace is ::testing

// The same of an entry's content.
std::string said_of_content(const RawEntry& entry) {
  const std::string bytes = zip_of({entry});
  const ZipArchive archive = ZipArchive::parse(bytes_of(bytes), std::string(kLabel));
  return refusal_of([&] { archive.content(archive.entries().at(0)); });
}

TEST(ZipReader, ReadsFilesSortedAndFoldersApart) {
  RawEntry program = deflated_file("b/run");
  program.mode = 0100755;
  const std::string bytes = zip_of({text_file("c"), folder("b/"), program, text_file("a/z")});
  const ZipArchive archive = ZipArchive::parse(bytes_of(bytes), "x");
  ASSERT_EQ(archive.entries().size(), 3u);
  EXPECT_EQ(archive.entries()[0].path.str(), "a/z");
  EXPECT_EQ(archive.entries()[1].path.str(), "b/run");
  EXPECT_EQ(archive.entries()[2].path.str(), "c");
  ASSERT_EQ(archive.folders().size(), 1u);
  EXPECT_EQ(archive.folders()[0].str(), "b");
  EXPECT_EQ(archive.find("b/run"), &archive.entries()[1]);
  EXPECT_EQ(archive.find("b"), nullptr);
  EXPECT_TRUE(archive.entries()[1].executable);
  EXPECT_FALSE(archive.entries()[0].executable);
  EXPECT_EQ(archive.content(archive.entries()[1]), std::string(1000, 'x'));
  EXPECT_EQ(archive.content(archive.entries()[2]), "print('hello')\n");
}

TEST(ZipReader, ReadsAnEmptyZip) {
  const std::string bytes = zip_of({});
  EXPECT_TRUE(ZipArchive::parse(bytes_of(bytes), "x").entries().empty());
}

TEST(ZipReader, RefusesOtherMethods) {
  for (const std::uint16_t method : {1, 6, 9, 12, 14, 93, 99}) {
    RawEntry entry = text_file();
    entry.method = method;
    EXPECT_EQ(said_of(entry), "\"a.py\": is compressed by a method other than deflate");
  }
}

TEST(ZipReader, RefusesDuplicates) {
  EXPECT_EQ(said_of(zip_of({text_file("a"), text_file("b"), text_file("a")})), "\"a\": is there twice");
  EXPECT_EQ(said_of(zip_of({folder("a/"), text_file("a/b"), folder("a/")})), "\"a/\": is there twice");
}

TEST(ZipReader, RefusesAFileAndAFolderAtOnePath) {
  EXPECT_EQ(said_of(zip_of({text_file("a/b"), text_file("a")})), "\"a\": is a file, and the folder of \"a/b\"");
  EXPECT_EQ(said_of(zip_of({text_file("a"), text_file("a-b"), text_file("a/b/c")})),
            "\"a\": is a file, and the folder of \"a/b/c\"");
  EXPECT_EQ(said_of(zip_of({text_file("p/a"), text_file("p/a.b"), text_file("p/a/c/d")})),
            "\"p/a\": is a file, and the folder of \"p/a/c/d\"");
  EXPECT_EQ(said_of(zip_of({text_file("a"), folder("a/")})), "\"a\": is both a file and a folder");
  EXPECT_EQ(said_of(zip_of({text_file("a"), folder("a/b/")})), "\"a\": is a file, and the folder of \"a/b\"");
}

TEST(ZipReader, RefusesUnsafeNames) {
  EXPECT_EQ(said_of(text_file("/etc/cron.d/x")), "\"/etc/cron.d/x\": is an absolute name");
  EXPECT_EQ(said_of(text_file("../x")), "\"../x\": has a \"..\" part in its name");
  EXPECT_EQ(said_of(text_file("a\\..\\x")), "\"a\\\\..\\\\x\": has a backslash in its name");
  EXPECT_EQ(said_of(text_file("c:/x")), "\"c:/x\": begins with a drive letter");
  EXPECT_EQ(said_of(text_file(std::string("a\0.py", 5))), "\"a\\x00.py\": has a control character in its name");
  EXPECT_EQ(said_of(text_file("a\x1b]0;x\x07")), "\"a\\x1b]0;x\\x07\": has a control character in its name");
  EXPECT_EQ(said_of(text_file("")), "\"\": is an empty name");
  EXPECT_EQ(said_of(text_file("a//b")), "\"a//b\": has an empty part in its name");
  EXPECT_EQ(said_of(folder("../")), "\"..\": has a \"..\" part in its name");
  EXPECT_EQ(said_of(folder("/")), "\"\": is an empty name");
}

TEST(ZipReader, TakesNonAsciiNamesOnlyAsMarkedUtf8) {
  RawEntry entry = text_file("grüße.py");
  EXPECT_EQ(said_of(entry), "\"grüße.py\": has a name that is not ASCII and not marked as UTF-8");
  entry.flags = 0x0800;
  EXPECT_EQ(said_of(entry), "accepted");
  entry = text_file("gr\xfc.py");
  entry.flags = 0x0800;
  EXPECT_EQ(said_of(entry), "\"gr\\xfc.py\": has a name that is not UTF-8");
}

TEST(ZipReader, RefusesSymbolicLinksAndSpecialFiles) {
  RawEntry entry = text_file("link");
  entry.mode = 0120777;
  EXPECT_EQ(said_of(entry), "\"link\": is a symbolic link");
  for (const std::uint16_t type : {0010000, 0020000, 0060000, 0140000}) {
    entry.mode = static_cast<std::uint16_t>(type | 0644);
    EXPECT_EQ(said_of(entry), "\"link\": is neither a file nor a folder");
  }
  entry.mode = 0040755;
  EXPECT_EQ(said_of(entry), "\"link\": is a folder by its name or its mode, but not by both");
}

TEST(ZipReader, NormalisesOddModes) {
  for (const std::uint16_t mode : {0100666, 0664, 0, 0100600, 0104644}) {
    RawEntry entry = text_file();
    entry.mode = mode;
    const std::string bytes = zip_of({entry});
    EXPECT_FALSE(ZipArchive::parse(bytes_of(bytes), "x").entries()[0].executable);
  }
  RawEntry entry = text_file();
  entry.mode = 0100;
  const std::string bytes = zip_of({entry});
  EXPECT_TRUE(ZipArchive::parse(bytes_of(bytes), "x").entries()[0].executable);
}

TEST(ZipReader, AcceptsDeflateThatMadeAFileLarger) {
  RawEntry entry("a", "");
  entry.method = 8;
  entry.data = std::string("\3\0", 2);
  entry.compressed_size = 2;
  EXPECT_EQ(said_of_content(entry), "accepted");
}

TEST(ZipReader, RefusesClaimsThatNoStreamCanFulfil) {
  RawEntry entry = deflated_file();
  entry.size = 0x7fffffff;
  EXPECT_EQ(said_of(entry), "\"a.py\": claims more content than its deflate stream can hold");
  entry = text_file();
  entry.size = 1000;
  EXPECT_EQ(said_of(entry), "\"a.py\": is stored with two different sizes");
  entry = folder("a/");
  entry.size = entry.compressed_size = 1;
  entry.data = "x";
  EXPECT_EQ(said_of(entry), "\"a/\": is a folder with content");
}

TEST(ZipReader, RefusesContentThatLies) {
  const std::string prefix = "x-1-py3-none-any.whl: \"a.py\": ";
  RawEntry entry = deflated_file();
  entry.crc32 ^= 1;
  EXPECT_EQ(said_of_content(entry), prefix + "has a CRC-32 other than it should");
  entry = deflated_file();
  entry.size = 999;
  EXPECT_EQ(said_of_content(entry), prefix + "its deflate stream holds more than the 999 bytes it should");
  entry.size = 1001;
  EXPECT_EQ(said_of_content(entry), prefix + "its deflate stream holds 1000 bytes, not 1001");
  entry = deflated_file();
  entry.data += "hidden";
  entry.compressed_size += 6;
  EXPECT_EQ(said_of_content(entry), prefix + "its deflate stream ends 6 bytes early");
  entry = deflated_file();
  entry.data[0] = '\7';  // a block of the reserved type
  EXPECT_EQ(said_of_content(entry), prefix + "its deflate stream is damaged");
  entry = text_file();
  entry.data[0] = 'P';
  EXPECT_EQ(said_of_content(entry), prefix + "has a CRC-32 other than it should");
}

TEST(ZipReader, SaysItInOneShortPrintableLine) {
  RawEntry entry = text_file(std::string(5000, '\x1b'));
  const std::string bytes = zip_of({entry});
  const std::string text = refusal_of([&] { ZipArchive::parse(bytes_of(bytes), std::string(3000, '\n')); });
  EXPECT_LE(text.size(), 2000u);
  for (const char c : text) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << text;
}

}  // namespace
}  // namespace lambda_pack
