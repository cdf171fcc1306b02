#include "build/inputs.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {
namespace fs = std::filesystem;

class ProjectInputs : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text = "x") {
    fs::create_directories((project_ / path).parent_path());
    std::ofstream(project_ / path) << text;
  }

  // Paths relative to the project, folders with a slash, in the order of the sets: files, then folders.
  std::vector<std::string> found(const std::set<fs::path>& leave_out = {}) const {
    const Inputs inputs = project_inputs(project_, leave_out);
    std::vector<std::string> names;
    for (const fs::path& file : inputs.files) names.push_back(file.lexically_relative(project_).string());
    for (const fs::path& folder : inputs.folders) {
      names.push_back(folder.lexically_relative(project_).string() + "/");
    }
    return names;
  }

  TemporaryFolder temporary_{fs::canonical(fs::temp_directory_path())};
  fs::path project_ = temporary_.path() / "a project";
  void SetUp() override { fs::create_directories(project_); }
};

using Names = std::vector<std::string>;

TEST_F(ProjectInputs, AreEveryFileAndTheFoldersListedToFindThem) {
  write("pyproject.toml");
  write("src/pkg/__init__.py");
  write("src/pkg/stuff/config.yml");
  fs::create_directories(project_ / "src/pkg/empty");
  EXPECT_EQ(found(), (Names{"pyproject.toml", "src/pkg/__init__.py", "src/pkg/stuff/config.yml", "./", "src/",
                            "src/pkg/", "src/pkg/empty/", "src/pkg/stuff/"}));
}

TEST_F(ProjectInputs, LeaveOutVersionControlCachesAndInstalledPackages) {
  write("main.py");
  for (const char* folder : {".git", ".hg", "__pycache__", "pkg/__pycache__", ".mypy_cache", ".tox", ".nox",
                             "web/node_modules", "src/pkg.egg-info", ".eggs", ".pdm-build"}) {
    write(std::string(folder) + "/file");
  }
  EXPECT_EQ(found(), (Names{"main.py", "./", "pkg/", "src/", "web/"}));
}

TEST_F(ProjectInputs, KnowVirtualEnvironmentsCMakeTreesAndCachesByWhatIsInThem) {
  write("main.py");
  write("my environment/pyvenv.cfg");
  write("my environment/lib/python3.12/site-packages/x.py");
  write("cmake-out/CMakeCache.txt");
  write("target/CACHEDIR.TAG");
  write("conda/conda-meta/history");
  EXPECT_EQ(found(), (Names{"main.py", "./"}));
}

TEST_F(ProjectInputs, KeepAPackageThatIsCalledBuildOrDist) {
  write("src/build/__init__.py");
  write("src/pkg/dist/bundle.js");
  EXPECT_EQ(found(), (Names{"src/build/__init__.py", "src/pkg/dist/bundle.js", "./", "src/", "src/build/", "src/pkg/",
                            "src/pkg/dist/"}));
}

TEST_F(ProjectInputs, LeaveOutADistFolderOnlyWhenWheelsAndSdistsAreAllItHolds) {
  write("dist/pkg-1-py3-none-any.whl");
  write("dist/pkg-1.tar.gz");
  EXPECT_EQ(found(), (Names{"./"}));
  write("dist/bundle.js");
  EXPECT_EQ(found(), (Names{"dist/bundle.js", "dist/pkg-1-py3-none-any.whl", "dist/pkg-1.tar.gz", "./", "dist/"}));
}

TEST_F(ProjectInputs, KeepAProjectThatIsItselfACMakeTree) {
  write("CMakeCache.txt");
  write("pyproject.toml");
  EXPECT_EQ(found(), (Names{"CMakeCache.txt", "pyproject.toml", "./"}));
}

TEST_F(ProjectInputs, LeaveOutWhatTheyAreToldUnderAnySpelling) {
  write("main.py");
  write("out/deep/file");
  EXPECT_EQ(found({project_ / "out"}), (Names{"main.py", "./"}));
  EXPECT_EQ(found({project_ / "." / "out" / ".." / "out"}), (Names{"main.py", "./"}));
  fs::create_directory_symlink(project_, temporary_.path() / "other name");
  EXPECT_EQ(found({temporary_.path() / "other name" / "out"}), (Names{"main.py", "./"}));
  EXPECT_EQ(found({project_ / "is not there"}).size(), 5U);
}

TEST_F(ProjectInputs, LeaveOutFilesTooButNotTheirNamesakes) {
  write("poetry.lock");
  write("src/poetry.lock");
  EXPECT_EQ(found({project_ / "poetry.lock"}), (Names{"src/poetry.lock", "./", "src/"}));
}

TEST_F(ProjectInputs, NeverLeaveOutTheProjectItself) {
  write("main.py");
  EXPECT_EQ(found({project_, ""}), (Names{"main.py", "./"}));
}

TEST_F(ProjectInputs, FollowALinkedFolderOnceAndNeverInCircles) {
  fs::create_directories(temporary_.path() / "shared");
  std::ofstream(temporary_.path() / "shared" / "common.py") << "x";
  fs::create_directory_symlink(temporary_.path() / "shared", project_ / "a");
  fs::create_directory_symlink(temporary_.path() / "shared", project_ / "b");
  fs::create_directory_symlink(project_, project_ / "self");
  EXPECT_EQ(found(), (Names{"a/common.py", "./", "a/"}));
}

TEST_F(ProjectInputs, ListALinkedFolderUnderItsOwnNameWhenItHasOne) {
  write("z/real.py");
  fs::create_directory_symlink("z", project_ / "a");
  EXPECT_EQ(found(), (Names{"z/real.py", "./", "z/"}));
}

TEST_F(ProjectInputs, ListLinkedFilesAndNoDanglingLinksOrPipes) {
  write("real.py");
  fs::create_symlink("real.py", project_ / "link.py");
  fs::create_symlink("nowhere", project_ / "dangling.py");
  ASSERT_EQ(mkfifo((project_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(found(), (Names{"link.py", "real.py", "./"}));
}

TEST_F(ProjectInputs, HoldTheIgnoreFilesOfTheRepositoryAbove) {
  write("services/one/pyproject.toml");
  write(".gitignore");
  write("services/.gitignore");
  const Inputs outside = project_inputs(project_ / "services/one", {});
  EXPECT_EQ(outside.files, (std::set<fs::path>{project_ / "services/one/pyproject.toml"}));
  fs::create_directory(project_ / ".git");
  const Inputs inside = project_inputs(project_ / "services/one", {});
  EXPECT_EQ(inside.files, (std::set<fs::path>{project_ / ".gitignore", project_ / "services/.gitignore",
                                              project_ / "services/one/pyproject.toml"}));
}

TEST_F(ProjectInputs, HoldWhatCommitsAndTagsChangeWhenTheVersionComesFromGit) {
  write("service/pyproject.toml", "[project]\nname = 'a'\n");
  write(".git/HEAD");
  write(".git/logs/HEAD");
  fs::create_directories(project_ / ".git/refs/tags");
  EXPECT_EQ(project_inputs(project_ / "service", {}).files.size(), 1U);
  write("service/pyproject.toml", "[build-system]\nrequires = ['hatchling', 'hatch-vcs']\n");
  const Inputs inputs = project_inputs(project_ / "service", {});
  EXPECT_EQ(inputs.files, (std::set<fs::path>{project_ / ".git/HEAD", project_ / ".git/logs/HEAD",
                                              project_ / "service/pyproject.toml"}));
  EXPECT_TRUE(inputs.folders.contains(project_ / ".git/refs/tags"));
}

TEST_F(ProjectInputs, FindTheHistoryOfAnAdditionalWorkTree) {
  write("main/.git/worktrees/two/HEAD");
  write("main/.git/worktrees/two/commondir", "../..\n");
  write("main/.git/packed-refs");
  write("two/.git", "gitdir: " + (project_ / "main/.git/worktrees/two").string() + "\n");
  write("two/setup.py", "setup(use_scm_version=True, setup_requires=['setuptools_scm'])");
  EXPECT_EQ(project_inputs(project_ / "two", {}).files,
            (std::set<fs::path>{project_ / "main/.git/packed-refs", project_ / "main/.git/worktrees/two/HEAD",
                                project_ / "two/setup.py"}));
}

TEST_F(ProjectInputs, AreTheSameForEverySpellingOfTheProject) {
  write("src/main.py");
  const Inputs plain = project_inputs(project_, {});
  EXPECT_EQ(project_inputs(project_.string() + "/", {}).files, plain.files);
  EXPECT_EQ(project_inputs(project_ / "src" / "..", {}).folders, plain.folders);
}

TEST_F(ProjectInputs, NameAProjectThatIsNotThere) {
  try {
    project_inputs(project_ / "missing", {});
    FAIL();
  } catch (const Error& error) {
    const std::string missing = (project_ / "missing").string();
    EXPECT_EQ(std::string(error.what()), "listing " + missing + ": No such file or directory");
  }
}

}  // namespace
}  // namespace lambda_pack
