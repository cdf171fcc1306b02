#include "commands/extra_files.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class ExtraFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    write_if_different(folder_.path() / "data=1" / "a.bin", "a");
    write_if_different(folder_.path() / "data=1" / "deep" / "b.bin", "b");
    write_if_different(folder_.path() / "data=1" / "__pycache__" / "c.pyc", "c");
    fs::permissions(folder_.path() / "data=1" / "a.bin", fs::perms(0755));
  }
  std::vector<std::string> destinations(const std::string& source, const std::string& destination) {
    std::vector<std::string> found;
    const std::string text = (folder_.path() / source).string() + "=" + destination;
    for (const ExtraFile& file : find_extra_files({text}).files) found.push_back(file.destination.str());
    return found;
  }
  std::string refusal(const std::string& text) {
    try {
      find_extra_files({text});
      return "no error";
    } catch (const Error& error) {
      return error.what();
    }
  }
  TemporaryFolder folder_{fs::temp_directory_path(), "extra files test "};
};

TEST_F(ExtraFilesTest, PutAFileWhereItIsTold) {
  EXPECT_EQ(destinations("data=1/a.bin", "my/model.bin"), std::vector<std::string>{"my/model.bin"});
  EXPECT_EQ(destinations("data=1/a.bin", "my/"), std::vector<std::string>{"my/a.bin"});
  EXPECT_EQ(destinations("data=1/a.bin", ""), std::vector<std::string>{"a.bin"});
}

TEST_F(ExtraFilesTest, PutAFoldersContentBelowTheDestination) {
  EXPECT_EQ(destinations("data=1", "my"), (std::vector<std::string>{"my/a.bin", "my/deep/b.bin"}));
  EXPECT_EQ(destinations("data=1", "."), (std::vector<std::string>{"a.bin", "deep/b.bin"}));
}

TEST_F(ExtraFilesTest, NameFilesAndListedFoldersForTheDepfile) {
  const ExtraFiles found = find_extra_files({(folder_.path() / "data=1").string() + "=my"});
  EXPECT_EQ(found.inputs.files.size(), 2U);
  EXPECT_EQ(found.inputs.folders.size(), 2U);
  EXPECT_TRUE(found.files.front().executable);
  EXPECT_FALSE(found.files.back().executable);
}

TEST_F(ExtraFilesTest, RefuseWhatCannotBeMeant) {
  EXPECT_EQ(refusal("no-sign"), "FILES \"no-sign\" is not <source>=<destination>");
  EXPECT_EQ(refusal("/no/such file=x"), "FILES \"/no/such file=x\": there is no file or folder /no/such file");
  EXPECT_NE(refusal((folder_.path() / "data=1" / "a.bin").string() + "=../x").find(".."), std::string::npos);
}

}  // namespace
}  // namespace lambda_pack
