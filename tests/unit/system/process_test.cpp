#include "system/process.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "base/error.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

TEST(Run, CapturesBothOutputsAndTheExitCode) {
  const Outcome outcome = run({{"sh", "-c", "echo out; echo err >&2; exit 3"}, {}, {}, {}});
  EXPECT_EQ(outcome.output, "out\n");
  EXPECT_EQ(outcome.diagnostics, "err\n");
  EXPECT_EQ(outcome.exit_code, 3);
}

TEST(Run, PassesArgumentsAsTheyAre) {
  EXPECT_EQ(run({{"printf", "%s|", "a b", "$HOME", "*", ""}, {}, {}, {}}).output, "a b|$HOME|*||");
}

TEST(Run, MovesMoreThanAPipeHoldsInBothDirections) {
  const std::string text(3'000'000, 'x');
  EXPECT_EQ(run({{"cat"}, {}, {}, text}).output, text);
}

TEST(Run, DoesNotMindAProgramThatIgnoresItsInput) {
  std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(run({{"true"}, {}, {}, std::string(3'000'000, 'x')}).exit_code, 0);
}

TEST(Run, SetsAndRemovesVariables) {
  setenv("LAMBDA_PACK_TEST_A", "inherited", 1);
  const Outcome outcome = run({{"sh", "-c", "echo ${LAMBDA_PACK_TEST_A-gone} $LAMBDA_PACK_TEST_B"},
                               {},
                               {{"LAMBDA_PACK_TEST_A", std::nullopt}, {"LAMBDA_PACK_TEST_B", "b"}},
                               {}});
  EXPECT_EQ(outcome.output, "gone b\n");
}

TEST(Run, WorksInTheGivenFolder) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "run test ");
  EXPECT_EQ(run({{"pwd", "-P"}, folder.path(), {}, {}}).output,
            std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(Run, ReportsTheSignalThatEndedTheProgram) {
  EXPECT_EQ(run({{"sh", "-c", "kill -KILL $$"}, {}, {}, {}}).exit_code, 128 + 9);
}

TEST(Run, NamesAProgramThatIsMissing) {
  try {
    run({{"no-such-program"}, {}, {}, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot run \"no-such-program\": there is no such program");
  }
}

}  // namespace
}  // namespace lambda_pack
