#include "archive/wheel.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "refusals.hpp"
#include "system/hashing.hpp"
#include "zip_builder.hpp"

namespace lambda_pack {
namespace {

using namespace testing;

constexpr const char* kFileName = "Foo_Bar-1.0-py3-none-any.whl";

std::string record_line(const std::string& path, const std::string& content) {
  return path + ",sha256=" + base64url(sha256_of(content)) + "," + std::to_string(content.size()) + "\n";
}

// A wheel as a builder would write it, until a member is changed.
struct RawWheel {
  std::string file_name = kFileName;
  std::string dist_info = "Foo_Bar-1.0.dist-info";
  std::map<std::string, std::string> files = {{"foo/__init__.py", ""}, {"foo/bar.py", "bar = 1\n"}};
  std::string wheel = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
  std::string metadata = "Metadata-Version: 2.1\nName: foo.bar\nVersion: 1.0\n\nWheel-Version: 9\n";
  std::string record;      // beyond the lines that all files get
  std::string unrecorded;  // a file that gets none
  bool has_record = true;
  std::vector<RawEntry> more;

  std::string bytes() const;
};

std::string RawWheel::bytes() const {
  std::map<std::string, std::string> all = files;
  all[dist_info + "/WHEEL"] = wheel;
  all[dist_info + "/METADATA"] = metadata;
  RawZip zip;
  std::string lines = record;
  for (const auto& [path, content] : all) {
    zip.entries.emplace_back(path, content, content.size() > 20);
    if (path != unrecorded) lines += record_line(path, content);
  }
  for (const RawEntry& entry : more) {
    zip.entries.push_back(entry);
    if (entry.name.back() != '/') lines += entry.name + ",,\n";
  }
  lines += dist_info + "/RECORD,,\n";
  if (has_record) zip.entries.emplace_back(dist_info + "/RECORD", lines, true);
  return zip.bytes();
}

// A wheel that stays readable while the object lives.
struct Opened {
  explicit Opened(const RawWheel& raw)
      : bytes(raw.bytes()), archive(ZipArchive::parse(bytes_of(bytes), raw.file_name)),
        wheel(read_wheel(archive, raw.file_name)) {}

  std::string bytes;
  ZipArchive archive;
  Wheel wheel;

  std::string paths() const {
    std::string text;
    for (const WheelFile& file : wheel.files) text += file.path.str() + " ";
    return text;
  }
};

std::string without_label(const std::string& text, const RawWheel& raw) {
  const std::string prefix = raw.file_name + ": ";
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

std::string said_of(const RawWheel& raw) {
  return without_label(refusal_of([&] { Opened opened(raw); }), raw);
}

std::string said_when_verifying(const RawWheel& raw) {
  const Opened opened(raw);
  return without_label(refusal_of([&] { verify_wheel_contents(opened.archive, opened.wheel); }), raw);
}

TEST(Wheel, IsItsFilesItsRecordAndItsName) {
  const RawWheel raw;
  const Opened opened(raw);
  EXPECT_EQ(opened.wheel.name.name.str(), "foo-bar");
  EXPECT_EQ(opened.wheel.dist_info, "Foo_Bar-1.0.dist-info");
  EXPECT_EQ(opened.paths(), "Foo_Bar-1.0.dist-info/METADATA Foo_Bar-1.0.dist-info/WHEEL foo/__init__.py foo/bar.py ");
  EXPECT_TRUE(opened.wheel.dropped.empty());
  EXPECT_TRUE(opened.wheel.warnings.empty());
  EXPECT_EQ(opened.wheel.record_path().str(), "Foo_Bar-1.0.dist-info/RECORD");
  EXPECT_EQ(opened.wheel.record, opened.archive.content(*opened.archive.find("Foo_Bar-1.0.dist-info/RECORD")));
  EXPECT_EQ(said_when_verifying(raw), "accepted");
}

TEST(Wheel, MapsDataFoldersAndDropsScriptsHeadersAndBytecode) {
  RawWheel raw;
  raw.files["Foo_Bar-1.0.data/purelib/foo/pure.py"] = "pure";
  raw.files["Foo_Bar-1.0.data/platlib/foo/plat.py"] = "plat";
  raw.files["Foo_Bar-1.0.data/data/share/foo.txt"] = "data";
  raw.files["Foo_Bar-1.0.data/scripts/foo"] = "#!python\n";
  raw.files["Foo_Bar-1.0.data/headers/foo.h"] = "";
  raw.files["foo/__pycache__/bar.cpython-39.pyc"] = "code";
  raw.files["foo/not__pycache__/x.py"] = "kept";
  raw.files["Foo_Bar-1.0.dist-info/direct_url.json"] = "{}";
  const Opened opened(raw);
  EXPECT_EQ(opened.paths(),
            "Foo_Bar-1.0.dist-info/METADATA Foo_Bar-1.0.dist-info/WHEEL foo/__init__.py foo/bar.py "
            "foo/not__pycache__/x.py foo/plat.py foo/pure.py share/foo.txt ");
  EXPECT_EQ(opened.wheel.dropped,
            (std::vector<std::string>{"Foo_Bar-1.0.data/headers/foo.h", "Foo_Bar-1.0.data/scripts/foo",
                                      "Foo_Bar-1.0.dist-info/direct_url.json", "foo/__pycache__/bar.cpython-39.pyc"}));
  EXPECT_EQ(said_when_verifying(raw), "accepted");
}

TEST(Wheel, RewritesRecordSortedWhenFilesMovedOrWereDropped) {
  RawWheel raw;
  raw.files = {{"b.py", "b"}, {"Foo_Bar-1.0.data/purelib/a,b.py", "a"}, {"__pycache__/b.pyc", ""}};
  const std::string expected =
      record_line("Foo_Bar-1.0.dist-info/METADATA", raw.metadata) + "Foo_Bar-1.0.dist-info/RECORD,,\n" +
      record_line("Foo_Bar-1.0.dist-info/WHEEL", raw.wheel) + record_line("\"a,b.py\"", "a") + record_line("b.py", "b");
  raw.unrecorded = "Foo_Bar-1.0.data/purelib/a,b.py";
  raw.record = record_line("\"Foo_Bar-1.0.data/purelib/a,b.py\"", "a");
  EXPECT_EQ(Opened(raw).wheel.record, expected);
}

TEST(Wheel, RefusesFileNamesThatAreNoWheels) {
  RawWheel raw;
  raw.file_name = "foo.zip";
  EXPECT_EQ(said_of(raw), "\"foo.zip\" is not the file name of a wheel");
}

TEST(Wheel, RefusesNoOrSeveralOrForeignDistInfo) {
  RawWheel raw;
  raw.dist_info = "metadata";
  EXPECT_EQ(said_of(raw), "has no .dist-info folder");
  raw = {};
  raw.files["Other-2.dist-info/METADATA"] = "";
  EXPECT_EQ(said_of(raw), "has more than one .dist-info folder: \"Foo_Bar-1.0.dist-info\" and \"Other-2.dist-info\"");
  raw = {};
  RawEntry folder("other-2.dist-info/", "");
  folder.mode = 0040755;
  raw.more = {folder};
  EXPECT_EQ(said_of(raw), "has more than one .dist-info folder: \"Foo_Bar-1.0.dist-info\" and \"other-2.dist-info\"");
  for (const char* other : {"foo-1.0.dist-info", "Foo_Bar-1.1.dist-info", "Foo_Bar.dist-info", ".dist-info",
                            "Foo_Bar-1.0.post1.dist-info"}) {
    raw = {};
    raw.dist_info = other;
    EXPECT_EQ(said_of(raw), "\"" + std::string(other) + "\": is not the .dist-info folder of foo-bar 1.0");
  }
}

TEST(Wheel, AcceptsTheSpellingsOfOldBuilders) {
  const std::pair<const char*, const char*> spellings[] = {
      {"Foo.Bar-1.0-py3-none-any.whl", "Foo.Bar-1.0.dist-info"},
      {"foo_bar-1.0-py3-none-any.whl", "Foo-Bar-1.0.dist-info"},
      {"foo_bar-1.0.0-py3-none-any.whl", "foo_bar-1.0.dist-info"},
      {"foo_bar-1.0+local.1-py3-none-any.whl", "foo_bar-1.0_local.1.dist-info"},
      {"foo_bar-1.0.post1-py3-none-any.whl", "foo_bar-1.0_1.dist-info"},
      {"foo_bar-1.0rc1-py3-none-any.whl", "foo_bar-1.0-rc1.dist-info"}};
  for (const auto& [file_name, dist_info] : spellings) {
    RawWheel raw;
    raw.file_name = file_name;
    raw.dist_info = dist_info;
    EXPECT_EQ(said_of(raw), "accepted") << file_name;
  }
}

TEST(Wheel, ChecksWheelVersion) {
  RawWheel raw;
  raw.wheel = "Generator: hand\n";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.dist-info/WHEEL\": has no Wheel-Version");
  raw.wheel = "Wheel-Version: 2.0\n";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.dist-info/WHEEL\": has Wheel-Version \"2.0\"; only 1.x is known");
  raw.wheel = "Wheel-Version: one\n";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.dist-info/WHEEL\": has Wheel-Version \"one\"");
  raw.wheel = "wheel-version:1.9\r\n";
  EXPECT_EQ(Opened(raw).wheel.warnings,
            (std::vector<std::string>{std::string(kFileName) +
                                      ": has Wheel-Version \"1.9\", newer than the 1.0 known here"}));
}

TEST(Wheel, RefusesRecordsThatAreMissingDamagedOrIncomplete) {
  RawWheel raw;
  raw.has_record = false;
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.dist-info/RECORD\": is missing");
  raw = {};
  raw.unrecorded = "foo/bar.py";
  EXPECT_EQ(said_of(raw), "\"foo/bar.py\": is not named in RECORD");
  raw = {};
  raw.record = "\"open\n";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.dist-info/RECORD\": has an open quote in line 1");
}

TEST(Wheel, DoesNotAskRecordToNameSignaturesOrFolders) {
  RawWheel raw;
  RawEntry folder("foo/", "");
  folder.mode = 0040755;
  raw.more = {folder};
  raw.files["Foo_Bar-1.0.dist-info/RECORD.jws"] = "{}";
  raw.unrecorded = "Foo_Bar-1.0.dist-info/RECORD.jws";
  EXPECT_EQ(said_of(raw), "accepted");
}

TEST(Wheel, AcceptsRecordLinesOfFilesThatAreNotThere) {
  RawWheel raw;
  raw.record = "gone.py,sha256=abc,3\n";
  EXPECT_EQ(said_of(raw), "accepted");
}

TEST(Wheel, RefusesUnknownDataKeys) {
  RawWheel raw;
  raw.files["Foo_Bar-1.0.data/include/foo.h"] = "";
  EXPECT_EQ(said_of(raw),
            "\"Foo_Bar-1.0.data/include/foo.h\": is in the .data folder under the unknown key \"include\"");
  raw = {};
  raw.files["Foo_Bar-1.0.data/foo.h"] = "";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.data/foo.h\": is a file directly in the .data folder");
  raw = {};
  raw.files["other-2.data/purelib/foo.py"] = "";
  EXPECT_EQ(said_of(raw), "\"other-2.data/purelib/foo.py\": is in the .data folder of another distribution");
}

TEST(Wheel, RefusesFilesThatMeetAfterMoving) {
  RawWheel raw;
  raw.files["Foo_Bar-1.0.data/purelib/foo/bar.py"] = "other";
  EXPECT_EQ(said_of(raw), "\"foo/bar.py\": goes to the same path as \"Foo_Bar-1.0.data/purelib/foo/bar.py\"");
  raw = {};
  raw.files["Foo_Bar-1.0.data/purelib/foo"] = "a file";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.data/purelib/foo\": would be the folder of \"foo/__init__.py\"");
  raw = {};
  raw.files["Foo_Bar-1.0.data/data/Foo_Bar-1.0.dist-info/RECORD"] = "";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.data/data/Foo_Bar-1.0.dist-info/RECORD\": would be installed over RECORD");
  raw = {};
  raw.files["Foo_Bar-1.0.data/data/C:/x"] = "";
  EXPECT_EQ(said_of(raw), "\"Foo_Bar-1.0.data/data/C:/x\": \"C:/x\": begins with a drive letter");
}

TEST(Wheel, WarnsOfNamesThatDifferOnlyInCase) {
  RawWheel raw;
  raw.files["foo/Bar.py"] = "";
  EXPECT_EQ(
      Opened(raw).wheel.warnings,
      (std::vector<std::string>{std::string(kFileName) + ": \"foo/Bar.py\" and \"foo/bar.py\" differ only in case"}));
}

TEST(Wheel, WarnsOfPthFilesThatRunCode) {
  RawWheel raw;
  raw.files["quiet.pth"] = "some/folder\n# import x\n";
  raw.files["foo/nested.pth"] = "import os\n";
  raw.files["loud.pth"] = "folder\nimport os; os.environ.clear()\nimport again\n";
  EXPECT_EQ(Opened(raw).wheel.warnings,
            (std::vector<std::string>{std::string(kFileName) + ": \"loud.pth\" runs code whenever Python starts: "
                                                               "\"import os; os.environ.clear()\""}));
}

TEST(WheelVerification, ComparesMetadataWithTheFileName) {
  RawWheel raw;
  raw.metadata = "Name: other\nVersion: 1.0\n";
  EXPECT_EQ(said_when_verifying(raw), "\"Foo_Bar-1.0.dist-info/METADATA\": has Name \"other\", unlike the file name");
  raw.metadata = "Name: foo-bar\nVersion: 1.1\n";
  EXPECT_EQ(said_when_verifying(raw), "\"Foo_Bar-1.0.dist-info/METADATA\": has Version \"1.1\", unlike the file name");
  raw.metadata = "Name: foo-bar\n\nVersion: 1.0\n";
  EXPECT_EQ(said_when_verifying(raw), "\"Foo_Bar-1.0.dist-info/METADATA\": has no Name or no Version");
}

TEST(WheelVerification, ComparesEveryHashAndSizeOfRecord) {
  const auto said_with_line = [](const std::string& line) {
    RawWheel raw;
    raw.unrecorded = "foo/bar.py";
    raw.record = line;
    return said_when_verifying(raw);
  };
  const std::string digest = base64url(sha256_of(std::string_view("bar = 1\n")));
  EXPECT_EQ(said_with_line("foo/bar.py,,\n"), "accepted");
  EXPECT_EQ(said_with_line("foo/bar.py,SHA256=" + digest + "=,8\n"), "accepted");
  EXPECT_EQ(said_with_line("foo/bar.py,sha256=abc,8\n"),
            "\"foo/bar.py\": has the sha256 " + digest + ", \"abc\" by RECORD");
  EXPECT_EQ(said_with_line("foo/bar.py,sha256=" + digest + ",9\n"), "\"foo/bar.py\": has 8 bytes, \"9\" by RECORD");
  EXPECT_EQ(said_with_line("foo/bar.py,md5=abc,8\n"),
            "\"foo/bar.py\": has a hash in RECORD that is not SHA-256 or better: \"md5=abc\"");
  EXPECT_EQ(said_with_line("foo/bar.py,sha256,8\n"), "\"foo/bar.py\": has the sha256 " + digest + ", \"\" by RECORD");
}

TEST(WheelVerification, KnowsTheLongerHashes) {
  const auto said_with_hash = [](const std::string& hash) {
    RawWheel raw;
    raw.files["foo/bar.py"] = "abc";
    raw.unrecorded = "foo/bar.py";
    raw.record = "foo/bar.py," + hash + ",3\n";
    return said_when_verifying(raw);
  };
  // FIPS 180-4's example "abc".
  const std::string sha384 = "ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP_W-2AhgcroefMI1i67KE0yCWn";
  const std::string sha512 = "3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw";
  EXPECT_EQ(said_with_hash("sha384=" + sha384), "accepted");
  EXPECT_EQ(said_with_hash("sha512=" + sha512), "accepted");
  EXPECT_EQ(said_with_hash("sha384=x"), "\"foo/bar.py\": has the sha384 " + sha384 + ", \"x\" by RECORD");
  EXPECT_EQ(said_with_hash("sha512=x"), "\"foo/bar.py\": has the sha512 " + sha512 + ", \"x\" by RECORD");
}

TEST(WheelVerification, InflatesEveryEntryAlsoThoseThatAreDropped) {
  RawWheel raw;
  RawEntry lying("Foo_Bar-1.0.data/scripts/foo", std::string(100, 'x'), true);
  lying.crc32 ^= 1;
  raw.more = {lying};
  EXPECT_EQ(said_when_verifying(raw), "\"Foo_Bar-1.0.data/scripts/foo\": has a CRC-32 other than it should");
}

}  // namespace
}  // namespace lambda_pack
