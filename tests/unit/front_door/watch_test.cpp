#include "invoke/watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "system/files.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

bool within_seconds(int seconds, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

enum class Kind { inotify, polling };

class WatchTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    std::unique_ptr<ChangeSource> source =
        GetParam() == Kind::inotify ? inotify_source() : polling_source(std::chrono::milliseconds(20));
    if (!source) GTEST_SKIP() << "this system has no inotify";
    fs::create_directory(source_folder());
    write(source_folder() / "a.py", "1");
    watch_ = std::make_unique<Watch>(std::move(source));
    watch_->set(7, {{source_folder() / "a.py"}, {source_folder()}});
    thread_ = std::thread([this] {
      watch_->run({[this](Owner owner) { begun_ = begun_ + static_cast<int>(owner); },
                   [this](const Owners& owners) { settled_ = settled_ + static_cast<int>(*owners.begin()); }});
    });
  }

  void TearDown() override {
    if (!thread_.joinable()) return;
    watch_->stop();
    thread_.join();
  }

  fs::path source_folder() const { return folder_.path() / "a source"; }
  // Whether the owner was told of one burst more than before.
  bool noticed() {
    const int before = told_;
    const bool was = within_seconds(20, [&] { return settled_ > before && begun_ == settled_; });
    told_ = settled_;
    return was;
  }

  const TemporaryFolder folder_{fs::temp_directory_path(), "watch test "};
  std::unique_ptr<Watch> watch_;
  std::atomic<int> begun_ = 0, settled_ = 0;
  int told_ = 0;
  std::thread thread_;
};

TEST_P(WatchTest, NoticesAFileThatIsWritten) {
  write(source_folder() / "a.py", "changed");
  EXPECT_TRUE(noticed());
}

TEST_P(WatchTest, NoticesAFileThatIsReplacedAsEditorsDo) {
  write(source_folder() / "a.py~", "changed");
  fs::rename(source_folder() / "a.py~", source_folder() / "a.py");
  EXPECT_TRUE(noticed());
}

TEST_P(WatchTest, NoticesNewAndRemovedFiles) {
  write(source_folder() / "b.py", "new");
  EXPECT_TRUE(noticed());
  fs::remove(source_folder() / "b.py");
  EXPECT_TRUE(noticed());
}

TEST_P(WatchTest, NoticesWhatChangesInAFolderThatWasAddedLater) {
  fs::create_directory(source_folder() / "deep");
  EXPECT_TRUE(noticed());
  watch_->set(7, {{source_folder() / "a.py"}, {source_folder(), source_folder() / "deep"}});
  write(source_folder() / "deep" / "c.py", "new");
  EXPECT_TRUE(noticed());
}

TEST_P(WatchTest, NoticesAChangeBehindALink) {
  write(folder_.path() / "real.txt", "1");
  fs::create_symlink(folder_.path() / "real.txt", source_folder() / "link.txt");
  EXPECT_TRUE(noticed());
  watch_->set(7, {{source_folder() / "link.txt"}, {source_folder()}});
  write(folder_.path() / "real.txt", "changed");
  EXPECT_TRUE(noticed());
}

INSTANTIATE_TEST_SUITE_P(Sources, WatchTest, testing::Values(Kind::inotify, Kind::polling),
                         [](const auto& info) { return info.param == Kind::inotify ? "inotify" : "polling"; });

}  // namespace
}  // namespace lambda_pack
