#include "invoke/change_source.hpp"

#ifdef __linux__

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>

#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// Of folders, not of files: editors replace files. IN_CLOSE_WRITE comes when a file has its content.
constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK;

class InotifySource : public ChangeSource {
 public:
  explicit InotifySource(int descriptor) : descriptor_(descriptor) {}
  InotifySource(const InotifySource&) = delete;
  InotifySource& operator=(const InotifySource&) = delete;
  ~InotifySource() override { close(descriptor_); }

  void watch(const std::set<fs::path>& files, const std::set<fs::path>& folders) override {
    std::set<fs::path> wanted = folders;
    for (const fs::path& file : files) wanted.insert(file.parent_path());
    const std::lock_guard lock(mutex_);
    std::multimap<int, fs::path> watched;
    for (const fs::path& folder : wanted) {
      const int number = inotify_add_watch(descriptor_, folder.c_str(), kEvents);
      if (number >= 0) watched.emplace(number, folder);
      if (number < 0 && errno == ENOSPC) warn_of_limit();
    }
    for (const auto& [number, folder] : folders_) {
      if (!watched.contains(number)) inotify_rm_watch(descriptor_, number);
    }
    folders_ = std::move(watched);
  }

  Changes wait(std::chrono::milliseconds most) override {
    pollfd ready{descriptor_, POLLIN, 0};
    Changes changes;
    if (poll(&ready, 1, static_cast<int>(most.count())) <= 0) return changes;
    alignas(inotify_event) std::array<char, 65536> buffer;
    const ssize_t size = read(descriptor_, buffer.data(), buffer.size());
    const std::lock_guard lock(mutex_);
    for (ssize_t at = 0; at < size;) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      note(event, event.len > 0 ? buffer.data() + at + sizeof event : "", changes);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
    return changes;
  }

 private:
  void note(const inotify_event& event, const char* name, Changes& changes) const {
    if ((event.mask & IN_Q_OVERFLOW) != 0) changes.may_be_more = true;
    const auto [first, last] = folders_.equal_range(event.wd);  // one folder may have several names, through links
    for (auto it = first; it != last; ++it) {
      if (*name != '\0') changes.some.push_back({it->second, name});
    }
  }

  void warn_of_limit() {
    if (warned_) return;
    warned_ = true;
    warn(
        "the system watches no more folders for this user: some changes will not be seen "
        "(raise it: sysctl fs.inotify.max_user_watches=524288)");
  }

  const int descriptor_;
  std::mutex mutex_;
  std::multimap<int, fs::path> folders_;
  bool warned_ = false;
};

}  // namespace

std::unique_ptr<ChangeSource> inotify_source() {
  const int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  return descriptor < 0 ? nullptr : std::make_unique<InotifySource>(descriptor);
}

}  // namespace lambda_pack

#else

namespace lambda_pack {
std::unique_ptr<ChangeSource> inotify_source() { return nullptr; }
}  // namespace lambda_pack

#endif
