#include "archive/unpack.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <clocale>
#include <filesystem>
#include <string>
#include <vector>

#include "refusals.hpp"
#include "system/files.hpp"
#include "zip_builder.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;
using namespace testing;

// A folder with a space in its name, for the test alone.
class Unpack : public ::testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& bytes) {
    const fs::path path = folder_.path() / name;
    write_if_different(path, bytes);
    return path;
  }
  fs::path target(const std::string& name) {
    fs::create_directories(target_);
    return target_ / name;
  }
  std::string content(const std::string& name) { return read_file(target_ / name); }
  static unsigned mode_of(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(lstat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(target_)) found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "unpack test "};
  fs::path target_ = folder_.path() / "out";
};

TEST_F(Unpack, WritesOnlyWhatIsWantedWithTheModesThatAreWanted) {
  const RawEntry a("pkg/a", "alpha"), b("pkg/b", std::string(9000, 'b'), true), c("pkg/c", "");
  const fs::path zip = put("a.zip", zip_of({a, b, c}));
  const mode_t before = umask(0077);
  unpack_items(zip, {{"pkg/c", target("c"), false}, {"pkg/b", target("b"), true}});
  umask(before);
  EXPECT_EQ(names(), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(content("b"), std::string(9000, 'b'));
  EXPECT_EQ(content("c"), "");
  EXPECT_EQ(mode_of(target("b")), 0755u);
  EXPECT_EQ(mode_of(target("c")), 0644u);
}

TEST_F(Unpack, FindsNonAsciiNamesInAnyLocale) {
  RawEntry entry("grüße/日本.txt", "hello");
  entry.flags = 0x0800;
  const fs::path zip = put("a.zip", zip_of({entry}));
  ASSERT_STREQ(std::setlocale(LC_ALL, nullptr), "C");
  unpack_items(zip, {{"grüße/日本.txt", target("x"), false}});
  EXPECT_EQ(content("x"), "hello");
}

TEST_F(Unpack, ReplacesAFileWithoutWritingIntoIt) {
  const fs::path zip = put("a.zip", zip_of({RawEntry("a", "new")}));
  write_if_different(target("a"), "old");
  fs::create_hard_link(target("a"), target("other name"));
  unpack_items(zip, {{"a", target("a"), false}});
  EXPECT_EQ(content("a"), "new");
  EXPECT_EQ(content("other name"), "old");
}

TEST_F(Unpack, NamesWhatIsMissing) {
  const fs::path zip = put("a.zip", zip_of({RawEntry("a", "new")}));
  EXPECT_EQ(refusal_of([&] { unpack_items(zip, {{"a", target("a"), false}, {"b", target("b"), false}}); }),
            zip.string() + ": \"b\": is not in the archive");
  EXPECT_EQ(refusal_of([&] { unpack_items(zip, {{"a", target("a"), false}, {"a", target("b"), false}}); }),
            zip.string() + ": \"a\": is wanted at two places");
}

TEST_F(Unpack, LeavesNothingOfADamagedEntry) {
  RawEntry entry("a", std::string(5000, 'a'), true);
  entry.crc32 ^= 1;
  const fs::path zip = put("a.zip", zip_of({entry}));
  const std::string text = refusal_of([&] { unpack_items(zip, {{"a", target("a"), false}}); });
  EXPECT_TRUE(text.starts_with(zip.string() + ": \"a\": ")) << text;
  EXPECT_NE(text.find("CRC"), std::string::npos) << text;
  EXPECT_TRUE(names().empty());
  const fs::path no_zip = put("b.zip", "no zip");
  EXPECT_TRUE(refusal_of([&] { unpack_items(no_zip, {{"a", target("a"), false}}); }).starts_with(no_zip.string()));
}

// What one wants to put into an archive.
struct Member {
  std::string name;
  std::string content = "";
  unsigned type = AE_IFREG;
  std::string link = "";  // of a symbolic link
  std::string hard_link = "";
  unsigned mode = 0644;
};

class UnpackSdist : public Unpack {
 protected:
  fs::path tar(const std::vector<Member>& members, const std::string& name = "x-1.tar.gz") {
    const fs::path path = folder_.path() / name;
    archive* writer = archive_write_new();
    if (name.ends_with(".zip")) {
      archive_write_set_format_zip(writer);
    } else {
      archive_write_set_format_pax_restricted(writer);
      if (name.ends_with(".gz")) archive_write_add_filter_gzip(writer);
      if (name.ends_with(".bz2")) archive_write_add_filter_bzip2(writer);
      if (name.ends_with(".xz")) archive_write_add_filter_xz(writer);
    }
    EXPECT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
    for (const Member& member : members) add(writer, member);
    archive_write_free(writer);
    return path;
  }

  static void add(archive* writer, const Member& member) {
    archive_entry* entry = archive_entry_new();
    archive_entry_copy_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, member.type);
    archive_entry_set_perm(entry, static_cast<mode_t>(member.mode));
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    archive_entry_set_uid(entry, 12345);
    if (!member.link.empty()) archive_entry_copy_symlink(entry, member.link.c_str());
    if (!member.hard_link.empty()) archive_entry_copy_hardlink(entry, member.hard_link.c_str());
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK) << archive_error_string(writer);
    if (!member.content.empty()) archive_write_data(writer, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }

  std::string said_of(const std::vector<Member>& members) {
    const fs::path path = tar(members);
    fs::remove_all(target_);
    fs::create_directories(target_);
    const std::string text = refusal_of([&] { unpack_sdist(path, target_); });
    const std::string prefix = path.string() + ": ";
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
  }
};

TEST_F(UnpackSdist, ReturnsTheTopFolderOfEveryKindOfSdist) {
  for (const char* name : {"x-1.tar.gz", "x-1.tar.bz2", "x-1.tar.xz", "x-1.tar", "x-1.zip"}) {
    const fs::path path = tar({{"x-1/", "", AE_IFDIR, "", "", 0700},
                               {"x-1/setup.py", "setup()\n"},
                               {"x-1/run", "#!", AE_IFREG, "", "", 04750},
                               {"x-1/src/pkg/a.py", "a"}},
                              name);
    fs::remove_all(target_);
    fs::create_directories(target_);
    const fs::path top = unpack_sdist(path, target_);
    EXPECT_EQ(top, fs::canonical(target_) / "x-1");
    EXPECT_EQ(content("x-1/setup.py"), "setup()\n");
    EXPECT_EQ(content("x-1/src/pkg/a.py"), "a");
    EXPECT_EQ(mode_of(target("x-1")), 0755u);
    EXPECT_EQ(mode_of(target("x-1/run")), 0755u);
    EXPECT_EQ(mode_of(target("x-1/setup.py")), 0644u);
  }
}

TEST_F(UnpackSdist, AcceptsNamesThatBeginWithADot) {
  EXPECT_EQ(said_of({{"./", "", AE_IFDIR}, {"./x-1/", "", AE_IFDIR}, {"./x-1/a", "a"}}), "accepted");
  EXPECT_EQ(content("x-1/a"), "a");
}

TEST_F(UnpackSdist, UnpacksThroughAFolderThatIsALink) {
  const fs::path path = tar({{"x-1/a", "a"}});
  fs::create_directories(target_);
  const fs::path link = folder_.path() / "link";
  fs::create_directory_symlink(target_, link);
  EXPECT_EQ(unpack_sdist(path, link), fs::canonical(target_) / "x-1");
}

TEST_F(UnpackSdist, KeepsLinksThatStayInside) {
  const Member symbolic{"x-1/e/f/up", "", AE_IFLNK, "../../d/a"};
  const Member hard{"x-1/same", "", AE_IFREG, "", "x-1/d/a"};
  EXPECT_EQ(said_of({{"x-1/d/a", "a"}, symbolic, hard}), "accepted");
  EXPECT_EQ(content("x-1/e/f/up"), "a");
  EXPECT_EQ(content("x-1/same"), "a");
}

TEST_F(UnpackSdist, RefusesLinksThatLeaveTheFolder) {
  EXPECT_EQ(said_of({{"x-1/l", "", AE_IFLNK, "/etc/passwd"}}), "\"x-1/l\": is a symbolic link to \"/etc/passwd\"");
  const std::string leaves = "is a symbolic link out of the archive's folder: ";
  EXPECT_EQ(said_of({{"x-1/l", "", AE_IFLNK, "../y"}}), "\"x-1/l\": " + leaves + "\"../y\"");
  EXPECT_EQ(said_of({{"x-1/d/l", "", AE_IFLNK, "../../x-1/a"}}), "\"x-1/d/l\": " + leaves + "\"../../x-1/a\"");
  // `s` is the top folder, so that `s/../../a` stays inside by its letters and leaves when it is followed.
  EXPECT_EQ(said_of({{"x-1/d/e/s", "", AE_IFLNK, "../.."}, {"x-1/d/e/t", "", AE_IFLNK, "s/../../a"}}),
            "\"x-1/d/e/t\": " + leaves + "\"s/../../a\"");
  EXPECT_EQ(said_of({{"x-1/l", "", AE_IFREG, "", "../../etc/passwd"}}),
            "\"../../etc/passwd\": has a \"..\" part in its name");
  EXPECT_EQ(said_of({{"x-1/l", "", AE_IFREG, "", "y/z"}}),
            "\"x-1/l\": is a hard link out of the archive's folder: \"y/z\"");
}

TEST_F(UnpackSdist, WritesThroughNoLink) {
  const Member link{"x-1/l", "", AE_IFLNK, "real"};
  const std::string text = said_of({{"x-1/real/", "", AE_IFDIR}, link, {"x-1/l/a", "a"}});
  EXPECT_TRUE(text.starts_with("\"x-1/l/a\": ")) << text;
  EXPECT_FALSE(fs::exists(target_ / "x-1/real/a"));
}

TEST_F(UnpackSdist, RefusesNamesThatLeaveTheFolder) {
  EXPECT_EQ(said_of({{"x-1/../../a", "a"}}), "\"x-1/../../a\": has a \"..\" part in its name");
  EXPECT_EQ(said_of({{"/tmp/a", "a"}}), "\"/tmp/a\": is an absolute name");
  EXPECT_EQ(said_of({{"x-1/a\x1b", "a"}}), "\"x-1/a\\x1b\": has a control character in its name");
}

TEST_F(UnpackSdist, RefusesSpecialFiles) {
  for (const unsigned type : {AE_IFIFO, AE_IFCHR, AE_IFBLK}) {
    EXPECT_EQ(said_of({{"x-1/s", "", type}}), "\"x-1/s\": is neither a file nor a folder nor a link");
  }
}

TEST_F(UnpackSdist, RefusesWhatHasNotOneTopFolder) {
  EXPECT_EQ(said_of({}), "is empty");
  EXPECT_EQ(said_of({{"a.py", "a"}}), "\"a.py\": is not in a folder, as an sdist's files are");
  EXPECT_EQ(said_of({{"x-1/a", "a"}, {"y-1/a", "a"}}), "\"y-1/a\": is outside the archive's first folder, \"x-1\"");
}

TEST_F(UnpackSdist, RefusesWhatIsCutShort) {
  const fs::path path = tar({{"x-1/a", std::string(100000, 'a')}});
  const std::string bytes = read_file(path);
  const fs::path cut = put("cut.tar.gz", bytes.substr(0, bytes.size() / 2));
  fs::create_directories(target_);
  const std::string text = refusal_of([&] { unpack_sdist(cut, target_); });
  EXPECT_TRUE(text.starts_with(cut.string() + ": ")) << text;
}

}  // namespace
}  // namespace lambda_pack
