#include "store/wheel_facts.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "system/files.hpp"
#include "test_wheel.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class WheelFactsOf : public ::testing::Test {
 protected:
  fs::path facts_path() const { return wheel_path_.string() + ".facts.json"; }
  WheelFacts facts() const {
    return wheel_facts(wheel_path_, ZipArchive::parse(std::as_bytes(std::span(wheel_)), "foo"));
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "facts test "};
  fs::path wheel_path_ = folder_.path() / "foo-1.0-py3-none-any.whl";
  const std::string wheel_ =
      testing::wheel_bytes("foo", {{"foo/__init__.py", std::string(100, 'x')},
                                   {"foo/b.so", testing::tiny_elf(183)},
                                   {"foo/a.cpython-312-x86_64-linux-gnu.so", testing::tiny_elf(62)},
                                   {"foo/data.bin", std::string(100, '\0')}});
};

TEST_F(WheelFactsOf, AWheelListItsElfFiles) {
  const WheelFacts found = facts();
  ASSERT_EQ(found.elf_files.size(), 2U);
  EXPECT_EQ(found.elf_files[0].entry, "foo/a.cpython-312-x86_64-linux-gnu.so");
  EXPECT_EQ(found.elf_files[0].elf.machine, 62);
  EXPECT_EQ(found.elf_files[1].entry, "foo/b.so");
  EXPECT_EQ(found.elf_files[1].elf.machine, 183);
}

TEST_F(WheelFactsOf, AWheelAreReadFromWhatWasWrittenBefore) {
  facts();
  std::string text = read_file(facts_path());
  text.replace(text.find("183"), 3, "184");
  write_if_different(facts_path(), text);
  EXPECT_EQ(facts().elf_files.at(1).elf.machine, 184);
}

TEST_F(WheelFactsOf, AWheelAreMadeAgainWhenTheyAreOldOrDamaged) {
  for (const char* text : {"", "{", "{}", R"({"schema": 0, "elf_files": []})", R"({"schema": 1, "elf_files": [3]})"}) {
    write_if_different(facts_path(), text);
    EXPECT_EQ(facts().elf_files.size(), 2U) << text;
    EXPECT_NE(read_file(facts_path()), text);
  }
}

TEST_F(WheelFactsOf, AWheelAreMadeWithoutBeingKeptWhereNothingCanBeWritten) {
  wheel_path_ = folder_.path() / "no such folder" / "foo-1.0-py3-none-any.whl";
  std::ofstream(folder_.path() / "no such folder") << "but a file";
  EXPECT_EQ(facts().elf_files.size(), 2U);
}

}  // namespace
}  // namespace lambda_pack
