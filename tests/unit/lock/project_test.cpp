#include "lock/project.hpp"

#include <gtest/gtest.h>

#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

TEST(Project, TakesItsNameFromProjectBeforePoetry) {
  EXPECT_EQ(read_project("[project]\nname = \"A.B\"\n[tool.poetry]\nname = \"c\"\n", "p").name.str(), "a-b");
  EXPECT_EQ(read_project("[tool.poetry]\nname = \"my_lambda\"\n", "p").name.str(), "my-lambda");
}

TEST(Project, WithoutANameIsRefused) {
  const auto error = test::error_of([] { read_project("[tool.poetry]\n", "app/pyproject.toml"); });
  EXPECT_STREQ(error.what(), "app/pyproject.toml gives the project no name");
  EXPECT_EQ(error.hint(), "set `name` in its [project] table, or in [tool.poetry] for Poetry before 2.0");
}

TEST(Project, NeedsNoNameWhenItIsNoPackage) {
  const auto project = read_project("[tool.poetry]\npackage-mode = false\nname = \"My Project\"\n", "p");
  EXPECT_EQ(project.kind, ProjectKind::files);
  EXPECT_EQ(project.name.str(), "");
}

TEST(Project, IsAPackageWhereItOrItsToolSaysSo) {
  const auto kind = [](const std::string& text) { return read_project("[project]\nname = \"a\"\n" + text, "p").kind; };
  EXPECT_EQ(kind(""), ProjectKind::unsaid);
  EXPECT_EQ(kind("[build-system]\nrequires = []\n"), ProjectKind::package);
  EXPECT_EQ(kind("[tool.poetry]\n"), ProjectKind::package);
  EXPECT_EQ(kind("[tool.poetry]\npackage-mode = false\n[build-system]\nrequires = []\n"), ProjectKind::files);
  EXPECT_EQ(kind("[tool.uv]\n"), ProjectKind::unsaid);
  EXPECT_EQ(kind("[tool.uv]\npackage = true\n"), ProjectKind::package);
  EXPECT_EQ(kind("[tool.uv]\npackage = false\n[build-system]\nrequires = []\n"), ProjectKind::files);
}

TEST(Project, WithABadNameIsRefused) {
  EXPECT_STREQ(test::error_of([] { read_project("[project]\nname = \"a b\"\n", "p"); }).what(),
               "p: the project's name \"a b\" is no valid name");
}

TEST(Project, OfPoetryWithoutABuildSystemIsBuiltAsPoetryBuildsIt) {
  EXPECT_EQ(read_project("[tool.poetry]\nname = \"a\"\n", "p").build_system->backend, "poetry.core.masonry.api");
  EXPECT_FALSE(read_project("[project]\nname = \"a\"\n", "p").build_system);
}

TEST(Project, ReadsTheBuildSystem) {
  const auto project = read_project(
      "[project]\nname = \"a\"\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"x\"\nbackend-path = "
      "[\".\"]\n",
      "p");
  ASSERT_TRUE(project.build_system);
  EXPECT_EQ(project.build_system->requires_, std::vector<std::string>{"hatchling"});
  EXPECT_EQ(project.build_system->backend, "x");
  EXPECT_EQ(project.build_system->backend_path, std::vector<std::string>{"."});
  EXPECT_EQ(read_build_system("[build-system]\nrequires = []\n", "p")->backend, "setuptools.build_meta:__legacy__");
  EXPECT_FALSE(read_build_system("", "p"));
}

TEST(Project, ReadsIndexesWithThePrioritiesOfEveryPoetry) {
  const auto indexes =
      read_project(
          "[tool.poetry]\nname = \"a\"\n[[tool.poetry.source]]\nname = \"one\"\nurl = \"https://one\"\n"
          "default = true\n[[tool.poetry.source]]\nname = \"two\"\npriority = \"explicit\"\n",
          "p")
          .indexes;
  ASSERT_EQ(indexes.size(), 2u);
  EXPECT_EQ(indexes[0].priority, "default");
  EXPECT_EQ(indexes[0].url, "https://one");
  EXPECT_EQ(indexes[1].priority, "explicit");
}

TEST(Project, TellsTheLineAndColumnOfMalformedToml) {
  const auto error = test::error_of([] { read_project("[project]\nname = \"a\nversion = 1\n", "pyproject.toml"); });
  EXPECT_EQ(std::string(error.what()).rfind("pyproject.toml:2:10: malformed TOML: ", 0), 0u) << error.what();
  EXPECT_EQ(error.hint(), "the line is \"name = \\\"a\"");
}

TEST(Project, TellsAMergeConflictWhenItSeesOne) {
  const auto error = test::error_of([] { read_project("[project]\n<<<<<<< HEAD\n", "pyproject.toml"); });
  EXPECT_EQ(error.hint(), "the line is a merge conflict marker: resolve the conflict");
}

TEST(Project, NamesTheKeyOfAWrongType) {
  EXPECT_STREQ(test::error_of([] { read_project("[tool.poetry]\nname = 1\n", "p"); }).what(),
               "p: [tool.poetry] name must be a string");
}

}  // namespace
}  // namespace lambda_pack
