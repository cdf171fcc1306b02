#include <sys/stat.h>

#include <map>
#include <mutex>
#include <thread>
#include <tuple>

#include "invoke/change_source.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// What differs after a change: of a folder, too, since its time changes with its entries.
using Looks = std::tuple<dev_t, ino_t, off_t, mode_t, time_t, long>;

Looks looks_of(const fs::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return {};
#ifdef __APPLE__
  const timespec time = status.st_mtimespec;
#else
  const timespec time = status.st_mtim;
#endif
  return {status.st_dev,  status.st_ino, S_ISDIR(status.st_mode) ? 0 : status.st_size,
          status.st_mode, time.tv_sec,   time.tv_nsec};
}

class PollingSource : public ChangeSource {
 public:
  explicit PollingSource(std::chrono::milliseconds every) : every_(every) {}

  void watch(const std::set<fs::path>& files, const std::set<fs::path>& folders) override {
    const std::lock_guard lock(mutex_);
    std::map<fs::path, Looks> looks;
    for (const std::set<fs::path>* paths : {&files, &folders}) {
      for (const fs::path& path : *paths) {
        const auto known = looks_.find(path);
        looks.emplace(path, known != looks_.end() ? known->second : looks_of(path));
      }
    }
    looks_ = std::move(looks);
  }

  Changes wait(std::chrono::milliseconds most) override {
    std::this_thread::sleep_for(std::min(most, every_));
    Changes changes;
    const std::lock_guard lock(mutex_);
    for (auto& [path, looks] : looks_) {
      const Looks now = looks_of(path);
      if (now == looks) continue;
      looks = now;
      changes.some.push_back({path.parent_path(), path.filename().string()});
    }
    return changes;
  }

 private:
  const std::chrono::milliseconds every_;
  std::mutex mutex_;
  std::map<fs::path, Looks> looks_;
};

}  // namespace

std::unique_ptr<ChangeSource> polling_source(std::chrono::milliseconds every) {
  return std::make_unique<PollingSource>(every);
}

}  // namespace lambda_pack
