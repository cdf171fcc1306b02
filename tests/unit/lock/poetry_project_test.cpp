#include "lock/poetry_project.hpp"

#include <gtest/gtest.h>

#include "lock/toml.hpp"
#include "lock_texts.hpp"
#include "nlohmann/json.hpp"

namespace lambda_pack {
namespace {

PoetryProject read(const std::string& text) { return read_poetry_project(parse_toml(text, "p"), "p"); }

// "idna ^3, numpy <2"
std::string group(const PoetryProject& project, const std::string& name) {
  std::string text;
  for (const auto& dependency : project.groups.at(name)) text += (text.empty() ? "" : ", ") + dependency.str();
  return text;
}

TEST(PoetryProject, ReadsConstraintsTablesAndLists) {
  const auto project = read(test::project(
      "python = \"^3.9\"\nidna = \"^3\"\nredis = {version = \"^5\", extras = [\"hiredis\"], optional = true}\n"
      "numpy = [{version = \"<2\", python = \"<3.10\"}, {version = \">=2\", python = \">=3.10\"}]\n"));
  EXPECT_EQ(group(project, "main"), "idna ^3, numpy <2, numpy >=2, redis ^5");
  EXPECT_EQ(project.pythons->str(), "^3.9");
}

TEST(PoetryProject, ReadsOldAndNewGroups) {
  const auto project = read(test::project("",
                                          "[tool.poetry.dev-dependencies]\npytest = \"*\"\n"
                                          "[tool.poetry.group.Doc_Tools.dependencies]\nmkdocs = \"*\"\n"));
  EXPECT_EQ(group(project, "dev"), "pytest *");
  EXPECT_EQ(group(project, "doc-tools"), "mkdocs *");
}

TEST(PoetryProject, FollowsTheGroupsThatGroupsInclude) {
  const auto project = read(
      "[project]\nname = \"a\"\n[dependency-groups]\ntest = [\"pytest>=7\"]\n"
      "dev = [\"ruff\", {include-group = \"test\"}]\n"
      "[tool.poetry.group.all]\ninclude-groups = [\"dev\"]\n");
  EXPECT_EQ(group(project, "dev"), "ruff, pytest >=7");
  EXPECT_EQ(group(project, "all"), "ruff, pytest >=7");
}

TEST(PoetryProject, RefusesCirclesAndMissingGroupsAmongIncludes) {
  EXPECT_STREQ(test::error_of([] { read("[dependency-groups]\na = [{include-group = \"a\"}]\n"); }).what(),
               "p: dependency group \"a\" includes itself");
  EXPECT_STREQ(test::error_of([] { read("[dependency-groups]\na = [{include-group = \"b\"}]\n"); }).what(),
               "p: dependency group \"a\" includes \"b\", which does not exist");
}

TEST(PoetryProject, PrefersTheProjectTableAndEnrichesIt) {
  const auto project = read(
      "[project]\nname = \"a\"\nrequires-python = \">=3.9\"\ndependencies = [\"torch>=2\", \"idna\"]\n"
      "[tool.poetry.dependencies]\ntorch = {version = \"<3\", source = \"cpu\"}\nunused = \"*\"\n");
  EXPECT_EQ(group(project, "main"), "torch >=2,<3, idna");
  EXPECT_EQ(project.groups.at("main")[0].source_name, "cpu");
  EXPECT_EQ(project.pythons->str(), ">=3.9");
}

TEST(PoetryProject, TakesTheHalfThatDynamicLeavesToPoetry) {
  const auto project = read(
      "[project]\nname = \"a\"\ndynamic = [\"optional-dependencies\"]\ndependencies = [\"idna\"]\n"
      "[tool.poetry.dependencies]\nidna = \"^3\"\nredis = {version = \"*\", optional = true}\nunused = \"*\"\n");
  EXPECT_EQ(group(project, "main"), "idna ^3, redis *,*");
}

TEST(PoetryProject, NamesFileTableAndDistributionOfADamagedConstraint) {
  EXPECT_STREQ(test::error_of([] { read(test::project("idna = \"^x.y\"\n")); }).what(),
               "p: [tool.poetry.dependencies] idna: \"^x.y\" in \"^x.y\" is no version constraint");
}

}  // namespace
}  // namespace lambda_pack
