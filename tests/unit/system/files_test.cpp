#include "system/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "system/interrupt.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  std::size_t names_in_folder() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }
  TemporaryFolder folder_{fs::temp_directory_path(), "files test "};
  fs::path file_ = folder_.path() / "a file";
};

TEST_F(Files, ANewFileAppearsOnlyWhenItIsCommitted) {
  {
    NewFile file(file_);
    file.write(std::string_view("text"));
    EXPECT_FALSE(fs::exists(file_));
  }
  EXPECT_EQ(names_in_folder(), 0U);
  NewFile file(file_);
  file.write(std::string_view("text"));
  file.commit();
  EXPECT_EQ(read_file(file_), "text");
  EXPECT_EQ(names_in_folder(), 1U);
}

TEST_F(Files, ANewFileIsReadableByAllWhateverTheUmask) {
  const mode_t before = umask(077);
  NewFile file(file_);
  file.commit();
  umask(before);
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms(0644));
}

TEST_F(Files, MorePiecesThanOneCallTakesArriveInOrder) {
  std::vector<std::string> texts;
  std::string whole;
  for (int i = 0; i < 5000; ++i)
    texts.push_back(std::string(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26)));
  std::vector<std::span<const std::byte>> pieces;
  for (const std::string& text : texts) {
    pieces.push_back(std::as_bytes(std::span(text)));
    whole += text;
  }
  NewFile file(file_);
  file.write_pieces(pieces);
  file.commit();
  EXPECT_EQ(read_file(file_), whole);
}

TEST_F(Files, NothingIsWrittenWhenTheContentIsThere) {
  EXPECT_TRUE(write_if_different(file_, "one"));
  const auto time = fs::last_write_time(file_);
  EXPECT_FALSE(write_if_different(file_, "one"));
  EXPECT_EQ(fs::last_write_time(file_), time);
  EXPECT_TRUE(write_if_different(file_, "two"));
}

TEST_F(Files, AMissingFileIsAnErrorWithItsName) {
  try {
    read_file(file_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "reading " + file_.string() + ": No such file or directory");
  }
  EXPECT_FALSE(read_file_if_there(file_));
}

TEST_F(Files, AMappedEmptyFileIsEmpty) {
  write_if_different(file_, "x");
  EXPECT_EQ(MappedFile(file_).text(), "x");
  std::ofstream(file_).close();
  EXPECT_TRUE(MappedFile(file_).bytes().empty());
}

TEST_F(Files, SameContentComparesBytesAndNotNames) {
  write_if_different(folder_.path() / "a", "same");
  write_if_different(folder_.path() / "b", "same");
  write_if_different(folder_.path() / "c", "diff");
  EXPECT_TRUE(same_content(folder_.path() / "a", folder_.path() / "b"));
  EXPECT_FALSE(same_content(folder_.path() / "a", folder_.path() / "c"));
  EXPECT_FALSE(same_content(folder_.path() / "a", folder_.path() / "missing"));
}

TEST_F(Files, AnInterruptedProgramLeavesNoHalfWrittenFile) {
  const pid_t child = fork();
  if (child == 0) {
    clean_up_when_interrupted();
    NewFile file(file_);
    file.write(std::string_view("half"));
    raise(SIGINT);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_EQ(names_in_folder(), 0U);
}

TEST_F(Files, AnInterruptedProgramLeavesNoTemporaryFolder) {
  const pid_t child = fork();
  if (child == 0) {
    clean_up_when_interrupted();
    const TemporaryFolder scratch(folder_.path(), "with space ");
    write_if_different(scratch.path() / "deep" / "file", "half");
    raise(SIGTERM);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 143);
  EXPECT_EQ(names_in_folder(), 0U);
}

TEST_F(Files, ALockKeepsOtherProcessesOut) {
  const fs::path witness = folder_.path() / "witness";
  auto lock = std::make_unique<FileLock>(file_);
  const pid_t child = fork();
  if (child == 0) {
    lock.reset();  // the inherited descriptor: the parent's lock stays
    const FileLock second(file_);
    _exit(fs::exists(witness) ? 0 : 1);
  }
  usleep(50'000);
  write_if_different(witness, "");
  lock.reset();
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Files, ALockThatIsRemovedKeepsOthersOutAllTheSame) {
  std::atomic<int> holders = 0, taken = 0;
  const auto take_often = [&] {
    for (int i = 0; i < 300; ++i) {
      const FileLock lock(file_, FileLock::AfterUse::remove);
      EXPECT_EQ(++holders, 1);
      ++taken;
      std::this_thread::yield();
      --holders;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(take_often);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 2400);
  EXPECT_EQ(names_in_folder(), 0U);
}

TEST_F(Files, TheCacheFolderFollowsXdgOnlyWhenItIsAbsolute) {
  setenv("HOME", "/home/of somebody", 1);
  setenv("XDG_CACHE_HOME", "/cache", 1);
  EXPECT_EQ(user_cache_folder(), "/cache/lambda-python");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(user_cache_folder().filename(), "lambda-python");
  EXPECT_TRUE(user_cache_folder().string().starts_with("/home/of somebody/"));
}

}  // namespace
}  // namespace lambda_pack
