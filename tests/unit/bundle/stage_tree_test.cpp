#include "bundle/stage_tree.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "wheels.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class StageTree : public testing::Test {
 protected:
  Bundle bundle(const std::map<std::string, std::string>& files) {
    return make_bundle({{write_wheel(folder_.path(), "a", files)}, {}, {}});
  }
  StageOutcome stage(const Bundle& bundle) {
    return update_stage(bundle, tree_, [&](const fs::path& archive, const std::vector<StageItem>& items) {
      const MappedFile bytes(archive);
      const ZipArchive zip = ZipArchive::parse(bytes.bytes(), archive.filename().string());
      for (const StageItem& item : items) {
        NewFile file(item.destination);
        file.write(zip.content(*zip.find(item.entry)));
        if (item.executable) file.make_executable();
        file.commit();
      }
    });
  }
  TemporaryFolder folder_{fs::temp_directory_path(), "stage test "};
  fs::path tree_ = folder_.path() / "stage";
};

TEST_F(StageTree, WritesEverythingOnceAndThenOnlyWhatChanged) {
  EXPECT_EQ(stage(bundle({{"a/x.py", "1"}, {"a/y.py", "1"}})).written, 5U);
  EXPECT_EQ(read_file(tree_ / "a/x.py"), "1");
  EXPECT_EQ(stage(bundle({{"a/x.py", "1"}, {"a/y.py", "1"}})).written, 0U);
  const StageOutcome outcome = stage(bundle({{"a/x.py", "22"}, {"a/y.py", "1"}}));
  EXPECT_EQ(outcome.written, 2U);  // x.py and RECORD
  EXPECT_EQ(outcome.kept, 3U);
  EXPECT_EQ(read_file(tree_ / "a/x.py"), "22");
}

TEST_F(StageTree, RemovesWhatTheBundleDoesNotHave) {
  stage(bundle({{"a/x.py", "1"}, {"b/y.py", "1"}}));
  write_if_different(tree_ / "a/__pycache__/x.pyc", "stray");
  fs::create_symlink("/", tree_ / "link");
  const StageOutcome outcome = stage(bundle({{"a/x.py", "1"}}));
  EXPECT_FALSE(fs::exists(tree_ / "b"));
  EXPECT_FALSE(fs::exists(tree_ / "a/__pycache__"));
  EXPECT_FALSE(fs::is_symlink(tree_ / "link"));
  EXPECT_TRUE(fs::exists("/"));
  EXPECT_GT(outcome.removed, 0U);
}

TEST_F(StageTree, RepairsWhatSomebodyChanged) {
  stage(bundle({{"a/x.py", "1"}, {"a/y.py", "1"}}));
  write_if_different(tree_ / "a/x.py", "2");
  fs::permissions(tree_ / "a/y.py", fs::perms(0755));
  EXPECT_EQ(stage(bundle({{"a/x.py", "1"}, {"a/y.py", "1"}})).written, 2U);
  EXPECT_EQ(read_file(tree_ / "a/x.py"), "1");
  EXPECT_EQ(fs::status(tree_ / "a/y.py").permissions(), fs::perms(0644));
}

TEST_F(StageTree, TurnsAFolderIntoAFileAndBack) {
  stage(bundle({{"p/x.py", "1"}}));
  stage(bundle({{"p", "file"}}));
  EXPECT_EQ(read_file(tree_ / "p"), "file");
  stage(bundle({{"p/x.py", "1"}}));
  EXPECT_EQ(read_file(tree_ / "p/x.py"), "1");
}

TEST_F(StageTree, RefusesAFolderThatIsNotOurs) {
  write_if_different(tree_ / "precious.txt", "mine");
  try {
    stage(bundle({{"a/x.py", "1"}}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), tree_.string() + " is not empty and was not made by lambda-pack");
  }
  EXPECT_EQ(read_file(tree_ / "precious.txt"), "mine");
  EXPECT_FALSE(fs::exists(tree_ / "a"));
}

}  // namespace
}  // namespace lambda_pack
