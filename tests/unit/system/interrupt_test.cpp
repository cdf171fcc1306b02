#include "system/interrupt.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "system/files.hpp"

namespace lambda_pack {
namespace {
namespace fs = std::filesystem;

// In a process of its own: files are begun in several threads, again and again, until it is interrupted.
[[noreturn]] void begin_files_until_interrupted(const fs::path& folder) {
  clean_up_when_interrupted();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&folder, thread] {
      for (;;) NewFile(folder / std::to_string(thread)).write("begun");
    });
  }
  for (auto& thread : threads) thread.join();
  _exit(0);
}

TEST(Interruption, LeavesNothingWhicheverThreadItComesTo) {
  const TemporaryFolder folder(temporary_folder_parent(), "interrupt test ");
  for (int round = 0; round < 60; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) begin_files_until_interrupted(folder.path());
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + round % 7));
    ASSERT_EQ(kill(child, SIGTERM), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    // Before the handlers are installed the signal itself ends it.
    ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 128 + SIGTERM) << status;
    ASSERT_TRUE(fs::is_empty(folder.path())) << "round " << round;
  }
}

}  // namespace
}  // namespace lambda_pack
