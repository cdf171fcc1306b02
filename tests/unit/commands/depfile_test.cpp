#include "commands/depfile.hpp"

#include <gtest/gtest.h>

#include "system/files.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

TEST(Depfile, EscapesAsCompilersDo) {
  EXPECT_EQ(depfile_text("/b d/zip.stamp", {"/src/a b.py", "/src/é(1).py"}),
            "/b\\ d/zip.stamp: \\\n  /src/a\\ b.py \\\n  /src/é(1).py\n");
  EXPECT_EQ(depfile_text("/b#d/s", {"/b$d/a"}), "/b\\#d/s: \\\n  /b$$d/a\n");
}

TEST(Depfile, ATargetWithoutInputsStandsAlone) { EXPECT_EQ(depfile_text("/s", {}), "/s:\n"); }

TEST(Depfile, KnowsTheNamesThatTheBuildToolsDisagreeAbout) {
  EXPECT_TRUE(can_stand_in_depfile("/a b/c_d.e/f+g,h@i=j~k!l(m)[n]{o}-p/ü"));
  for (const char* name : {"/a#b", "/a$b", "/a\"b", "/a'b", "/a&b", "/a;b", "/a*b", "/a?b", "/a|b", "/a<b", "/a^b",
                           "/a%b", "/a:b", "/a\\b", "/a`b", "/a\tb", "/a\nb", "/ab "}) {
    EXPECT_FALSE(can_stand_in_depfile(name)) << name;
  }
}

TEST(Depfile, NamesOddFilesThroughLinksThatStayTheSame) {
  const TemporaryFolder folder(fs::temp_directory_path(), "depfile test ");
  const fs::path odd = folder.path() / "a#b.py", links = folder.path() / "links";
  write_if_different(odd, "x");
  const fs::path name = depfile_name(odd, links);
  EXPECT_TRUE(can_stand_in_depfile(name));
  EXPECT_EQ(read_file(name), "x");
  EXPECT_EQ(depfile_name(odd, links), name);
  EXPECT_EQ(depfile_name(folder.path() / "plain.py", links), folder.path() / "plain.py");
}

TEST(Depfile, LeavesAnOddBuildFoldersOwnFilesTheirNames) {
  const TemporaryFolder folder(fs::temp_directory_path(), "depfile&test ");
  const fs::path links = folder.path() / "work/odd-names", source = folder.path() / "source.py";
  EXPECT_EQ(depfile_name(folder.path() / "work/wheel.json", links), folder.path() / "work/wheel.json");
  EXPECT_EQ(depfile_name(source, links).parent_path(), links);
}

}  // namespace
}  // namespace lambda_pack
