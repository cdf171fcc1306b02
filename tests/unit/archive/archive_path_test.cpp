#include "archive/archive_path.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

std::string refusal_of(std::string_view text) {
  try {
    ArchivePath path(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ArchivePath, KeepsSafeNamesAsTheyAre) {
  for (const char* name :
       {"a", "a/b.py", ".hidden", "..a/b..", "a b/ü/日本.txt", "ab:c", "1:x", "x/C:/y", "...", "~"}) {
    EXPECT_EQ(ArchivePath(name).str(), name);
  }
}

TEST(ArchivePath, KnowsItsFirstAndLastPart) {
  EXPECT_EQ(ArchivePath("a/b/c.py").file_name(), "c.py");
  EXPECT_EQ(ArchivePath("a/b/c.py").first_part(), "a");
  EXPECT_EQ(ArchivePath("c.py").file_name(), "c.py");
  EXPECT_EQ(ArchivePath("c.py").first_part(), "c.py");
}

TEST(ArchivePath, OrdersBytewiseAndUnsigned) {
  EXPECT_LT(ArchivePath("a-b"), ArchivePath("a/b"));
  EXPECT_LT(ArchivePath("a/b"), ArchivePath("a0"));
  EXPECT_LT(ArchivePath("z"), ArchivePath("ü"));
}

TEST(ArchivePath, RefusesNamesThatLeaveTheFolder) {
  EXPECT_EQ(refusal_of("../a"), "\"../a\": has a \"..\" part in its name");
  EXPECT_EQ(refusal_of("a/../b"), "\"a/../b\": has a \"..\" part in its name");
  EXPECT_EQ(refusal_of("a/.."), "\"a/..\": has a \"..\" part in its name");
  EXPECT_EQ(refusal_of(".."), "\"..\": has a \"..\" part in its name");
  EXPECT_EQ(refusal_of("/etc/passwd"), "\"/etc/passwd\": is an absolute name");
  EXPECT_EQ(refusal_of("C:/a"), "\"C:/a\": begins with a drive letter");
  EXPECT_EQ(refusal_of("c:"), "\"c:\": begins with a drive letter");
  EXPECT_EQ(refusal_of("a\\b"), "\"a\\\\b\": has a backslash in its name");
}

TEST(ArchivePath, RefusesNamesThatAreNone) {
  EXPECT_EQ(refusal_of(""), "\"\": is an empty name");
  EXPECT_EQ(refusal_of("a//b"), "\"a//b\": has an empty part in its name");
  EXPECT_EQ(refusal_of("a/"), "\"a/\": has an empty part in its name");
  EXPECT_EQ(refusal_of("./a"), "\"./a\": has a \".\" part in its name");
}

TEST(ArchivePath, RefusesBytesThatTerminalsObeyOrNoOneCanRead) {
  EXPECT_EQ(refusal_of(std::string_view("a\0b", 3)), "\"a\\x00b\": has a control character in its name");
  EXPECT_EQ(refusal_of("a\nb"), "\"a\\nb\": has a control character in its name");
  EXPECT_EQ(refusal_of("a\x1b[2J"), "\"a\\x1b[2J\": has a control character in its name");
  EXPECT_EQ(refusal_of("a\x7f"), "\"a\\x7f\": has a control character in its name");
  EXPECT_EQ(refusal_of("a\xc2\x9b"), "\"a\\xc2\\x9b\": has a control character in its name");
  EXPECT_EQ(refusal_of("a\xff"), "\"a\\xff\": has a name that is not UTF-8");
  EXPECT_EQ(refusal_of("a\xc0\xaf"), "\"a\\xc0\\xaf\": has a name that is not UTF-8");
}

TEST(ArchivePath, RefusesNamesThatNoDiskHolds) {
  EXPECT_NO_THROW(ArchivePath(std::string(255, 'a') + "/b"));
  EXPECT_TRUE(refusal_of(std::string(256, 'a')).ends_with(": has a part of more than 255 bytes in its name"));
  std::string longest = "a";
  while (longest.size() < 4095) longest += "/a";
  EXPECT_NO_THROW(ArchivePath{longest});
  EXPECT_TRUE(refusal_of(longest + "/aa").ends_with(": is a name of more than 4096 bytes"));
}

}  // namespace
}  // namespace lambda_pack
