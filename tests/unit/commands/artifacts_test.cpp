#include "commands/artifacts.hpp"

#include <gtest/gtest.h>

#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class Artifacts : public testing::Test {
 protected:
  TemporaryFolder folder_{fs::temp_directory_path(), "artifacts test "};
  fs::path file_ = folder_.path() / "artifact.json";
};

TEST_F(Artifacts, FetchedWheelsComeBackAsTheyWere) {
  const fs::path wheel = folder_.path() / "a \"b\".whl";
  write_if_different(wheel, "x");
  write_if_different(file_, fetched_json({{"a", wheel, sha256_of(std::string_view("x"))}}));
  const auto back = read_fetched(file_);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 1U);
  EXPECT_EQ(back->front().name, "a");
  EXPECT_EQ(back->front().path, wheel);
  EXPECT_EQ(back->front().digest, sha256_of(std::string_view("x")));
}

TEST_F(Artifacts, AFetchedWheelThatIsGoneMakesThemWorthless) {
  write_if_different(file_, fetched_json({{"a", folder_.path() / "gone.whl", Sha256{}}}));
  EXPECT_FALSE(read_fetched(file_));
}

TEST_F(Artifacts, WhatIsNoArtifactCountsAsMissing) {
  EXPECT_FALSE(read_fetched(file_));
  EXPECT_FALSE(read_project_content(file_));
  for (const char* text : {"", "{", "[]", "{\"wheels\": [1]}", "{\"wheels\": [{\"name\": \"a\"}], \"wheel\": 3}"}) {
    write_if_different(file_, text);
    EXPECT_FALSE(read_fetched(file_)) << text;
    EXPECT_FALSE(read_project_content(file_)) << text;
  }
}

TEST_F(Artifacts, TheProjectsWheelIsFoundBesideItsArtifact) {
  write_if_different(folder_.path() / "dist" / "p-1-py3-none-any.whl", "x");
  write_if_different(file_, project_wheel_json("dist/p-1-py3-none-any.whl", Sha256{}));
  const auto content = read_project_content(file_);
  ASSERT_TRUE(content);
  EXPECT_EQ(std::get<std::filesystem::path>(*content), folder_.path() / "dist" / "p-1-py3-none-any.whl");
}

TEST_F(Artifacts, TheFilesOfAProjectWithoutAWheelComeBackAsTheyWere) {
  write_if_different(file_, project_files_json({"/a project", {"app.py", "ü.txt"}, {}, {"a link"}}));
  const auto content = read_project_content(file_);
  ASSERT_TRUE(content);
  const auto& tree = std::get<SourceTree>(*content);
  EXPECT_EQ(tree.root, "/a project");
  EXPECT_EQ(tree.files, (std::vector<std::string>{"app.py", "ü.txt"}));
  EXPECT_EQ(tree.warnings, std::vector<std::string>{"a link"});
}

}  // namespace
}  // namespace lambda_pack
