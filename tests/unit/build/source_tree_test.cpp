#include "build/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "system/files.hpp"

namespace lambda_pack {
namespace {
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

class SourceTreeOf : public testing::Test {
 protected:
  void write(const Names& paths, const std::string& text = "x") const {
    for (const std::string& path : paths) {
      fs::create_directories((project_ / path).parent_path());
      std::ofstream(project_ / path) << text;
    }
  }
  SourceTree tree(const std::set<fs::path>& leave_out = {}) const { return source_tree(project_, leave_out); }
  bool lists(const std::string& folder) const {
    return tree().listed.contains(folder == "." ? project_ : project_ / folder);
  }

  TemporaryFolder temporary_{fs::canonical(fs::temp_directory_path())};
  fs::path project_ = temporary_.path() / "a project";
  void SetUp() override { fs::create_directories(project_); }
};

TEST_F(SourceTreeOf, AFlatProjectIsItsFolderWithoutWhatIsAboutIt) {
  write({"handler.py", "config.json", "shop/__init__.py", "shop/data/rates.csv", "pyproject.toml", "poetry.lock",
         "uv.lock", "requirements.txt", "requirements-dev.in", "pylock.dev.toml", "README.md", "LICENSE", "setup.cfg",
         "CMakeLists.txt", "conftest.py", "test_handler.py", "tests/test_more.py", "build/x.py", "dist/x.py"});
  EXPECT_EQ(tree().root, project_);
  EXPECT_EQ(tree().files, (Names{"config.json", "handler.py", "shop/__init__.py", "shop/data/rates.csv"}));
}

TEST_F(SourceTreeOf, WhatIsAboutTheProjectCountsAtTheRootAlone) {
  write(
      {"handler.py", "shop/README.md", "shop/tests/data.txt", "shop/test_mode.py", "shop/build/x.py", "shop/setup.py"});
  EXPECT_EQ(tree().files, (Names{"handler.py", "shop/README.md", "shop/build/x.py", "shop/setup.py",
                                 "shop/test_mode.py", "shop/tests/data.txt"}));
}

TEST_F(SourceTreeOf, ASrcFolderWithPythonIsTheRoot) {
  write({"src/shop/handler.py", "src/shop/rates.csv", "scripts/load.py", "pyproject.toml"});
  EXPECT_EQ(tree().root, project_ / "src");
  EXPECT_EQ(tree().files, (Names{"shop/handler.py", "shop/rates.csv"}));
}

TEST_F(SourceTreeOf, ASrcFolderThatIsAPackageOrHasNoPythonIsNot) {
  write({"handler.py", "src/notes.txt"});
  EXPECT_EQ(tree().files, (Names{"handler.py", "src/notes.txt"}));
  write({"src/__init__.py", "src/app.py"});
  EXPECT_EQ(tree().files, (Names{"handler.py", "src/__init__.py", "src/app.py", "src/notes.txt"}));
}

TEST_F(SourceTreeOf, WhatToolsMadeIsLeftOutAtAnyDepth) {
  write({"handler.py", "shop/a.py", "shop/__pycache__/a.cpython-312.pyc", "shop/old.pyc", "shop/.git/HEAD", ".env",
         ".github/ci.yml", "env/pyvenv.cfg", "env/lib/x.py", "shop/cache/CACHEDIR.TAG", "out/CMakeCache.txt",
         "out/x.py", "node_modules/a.js", "shop.egg-info/PKG-INFO", "staged/.lambda-pack-stage", "staged/handler.py"});
  EXPECT_EQ(tree().files, (Names{"handler.py", "shop/a.py"}));
}

TEST_F(SourceTreeOf, AProjectInsideIsNotOfIt) {
  write({"handler.py", "libs/common/pyproject.toml", "libs/common/common.py"});
  EXPECT_EQ(tree().files, (Names{"handler.py"}));
  EXPECT_TRUE(lists("libs/common")) << "its pyproject.toml may go";
}

TEST_F(SourceTreeOf, OwnOutputsAreLeftOut) {
  write({"handler.py", "one.zip", "one.zip.json", "data.zip", "work/x.py", "other.bin"});
  EXPECT_EQ(tree({project_ / "work", project_ / "other.bin"}).files, (Names{"data.zip", "handler.py"}));
}

TEST_F(SourceTreeOf, EveryFolderThatWasListedIsNamed) {
  write({"handler.py", "shop/data/rates.csv", ".git/HEAD"});
  fs::create_directories(project_ / "empty");
  for (const char* folder : {".", "shop", "shop/data", "empty"}) EXPECT_TRUE(lists(folder)) << folder;
  EXPECT_FALSE(lists(".git"));
  write({"src/a.py"});
  EXPECT_TRUE(lists("src"));
  EXPECT_TRUE(lists(".")) << "src may go";
}

TEST_F(SourceTreeOf, LinksAreFollowedToWhereTheyLead) {
  write({"handler.py", "../shared/money.py", "../shared/deep/rates.csv"});
  fs::create_directory_symlink("../shared", project_ / "shared");
  fs::create_symlink("../shared/money.py", project_ / "alias.py");
  EXPECT_EQ(tree().files, (Names{"alias.py", "handler.py", "shared/deep/rates.csv", "shared/money.py"}));
  EXPECT_TRUE(lists("shared/deep"));
}

TEST_F(SourceTreeOf, LinksThatCannotBeFollowedWarn) {
  write({"handler.py", "shop/a.py"});
  fs::create_directory_symlink("..", project_ / "shop" / "again");
  fs::create_symlink("nowhere", project_ / "lost.py");
  EXPECT_EQ(tree().files, (Names{"handler.py", "shop/a.py"}));
  const std::string folder = project_.string();
  EXPECT_EQ(tree().warnings, (Names{"the link " + folder + "/lost.py leads nowhere, and is left out",
                                    "the link " + folder + "/shop/again leads to a folder it is in, and is left out"}));
}

TEST_F(SourceTreeOf, ASetupScriptMakesAPackageWhereNothingElseIsSaid) {
  const auto has = [this](const std::string& text) { return has_wheel(read_project(text, "p"), project_); };
  EXPECT_FALSE(has("[project]\nname = \"a\"\n"));
  write({"setup.cfg"}, "[flake8]\n");
  EXPECT_FALSE(has("[project]\nname = \"a\"\n"));
  write({"setup.cfg"}, "[metadata]\nname = a\n");
  EXPECT_TRUE(has("[project]\nname = \"a\"\n"));
  fs::remove(project_ / "setup.cfg");
  write({"setup.py"});
  EXPECT_TRUE(has("[tool.black]\n"));
  EXPECT_FALSE(has("[tool.uv]\npackage = false\n"));
}

}  // namespace
}  // namespace lambda_pack
