#include "commands/step.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "commands/depfile.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

TEST(Step, GivesStampAndArtifactTheTimeOfItsBeginning) {
  const TemporaryFolder folder(fs::temp_directory_path(), "step test ");
  Step step(folder.path(), "zip", false);
  usleep(30'000);
  write_if_different(folder.path() / "edited meanwhile.py", "x");
  write_if_different(folder.path() / "artifact", "x");
  step.reads(folder.path() / "edited meanwhile.py");
  step.made(folder.path() / "artifact", true);
  step.finish();
  const auto edited = fs::last_write_time(folder.path() / "edited meanwhile.py");
  EXPECT_LT(fs::last_write_time(folder.path() / "zip.stamp"), edited);
  EXPECT_LT(fs::last_write_time(folder.path() / "artifact"), edited);
  EXPECT_EQ(read_file(folder.path() / "zip.d"),
            depfile_text(folder.path() / "zip.stamp", {folder.path() / "edited meanwhile.py"}));
}

TEST(Step, MakesAnUnchangedArtifactNewWhereAnInputWasEditedMeanwhile) {
  const TemporaryFolder folder(fs::temp_directory_path(), "step test ");
  const fs::path artifact = folder.path() / "artifact", source = folder.path() / "source.py";
  write_if_different(artifact, "x");
  write_if_different(source, "x");
  for (const bool edited : {false, true}) {
    const auto before = fs::last_write_time(artifact);
    usleep(30'000);
    Step step(folder.path(), "wheel", false);
    usleep(30'000);
    if (edited) write_if_different(source, "y");
    step.reads(source);
    step.made(artifact, false);
    step.finish();
    EXPECT_EQ(fs::last_write_time(artifact) > before, edited);
  }
}

TEST(Step, LeavesNothingBesideItsThreeFiles) {
  const TemporaryFolder folder(fs::temp_directory_path(), "step test ");
  Step(folder.path(), "zip", false).finish();
  std::set<fs::path> names;
  for (const auto& entry : fs::directory_iterator(folder.path())) names.insert(entry.path().filename());
  EXPECT_EQ(names, (std::set<fs::path>{"zip.began", "zip.d", "zip.stamp"}));
}

TEST(Step, IsRunningFromItsBeginningToItsEnd) {
  const TemporaryFolder folder(fs::temp_directory_path(), "step test ");
  EXPECT_FALSE(Step::is_running(folder.path(), "wheel"));
  for (int build = 0; build < 2; ++build) {
    Step step(folder.path(), "wheel", false);
    EXPECT_TRUE(Step::is_running(folder.path(), "wheel"));
    usleep(30'000);
    step.finish();
    EXPECT_FALSE(Step::is_running(folder.path(), "wheel"));
  }
}

TEST(Step, NamesItsArtifactsForMake) {
  const TemporaryFolder folder(fs::temp_directory_path(), "step test ");
  Step step(folder.path(), "zip", true);
  write_if_different(folder.path() / "artifact", "x");
  step.made(folder.path() / "artifact", true);
  step.finish();
  EXPECT_EQ(read_file(folder.path() / "zip.d"),
            depfile_text(folder.path() / "zip.stamp", {folder.path() / "artifact"}));
}

TEST(Step, DoesNothingOutsideOfABuild) {
  Step step({}, "zip", false);
  step.reads("/nowhere");
  step.made("/nowhere", true);
  step.finish();
}

}  // namespace
}  // namespace lambda_pack
