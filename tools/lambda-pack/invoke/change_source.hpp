// Noticing that files change: by inotify on Linux; elsewhere, and where inotify has no room left, by looking again.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace lambda_pack {

// An entry of a folder that was written, made, removed or renamed.
struct Change {
  std::filesystem::path folder;
  std::string name;
};

struct Changes {
  std::vector<Change> some;
  bool may_be_more = false;  // there were more than the system could tell
};

// watch() may be called from another thread while wait() waits.
class ChangeSource {
 public:
  virtual ~ChangeSource() = default;
  // From the moment this returns, changes of the files and of what the folders hold are noticed. What is missing is
  // noticed when it comes, as long as its folder is there.
  virtual void watch(const std::set<std::filesystem::path>& files, const std::set<std::filesystem::path>& folders) = 0;
  // What changed since the last call; waits up to `most` for it. It may report entries that nobody asked for.
  virtual Changes wait(std::chrono::milliseconds most) = 0;
};

// Null where the system has no inotify, or gives no more of it.
std::unique_ptr<ChangeSource> inotify_source();

// Looks at every file and folder so often.
std::unique_ptr<ChangeSource> polling_source(std::chrono::milliseconds every = std::chrono::milliseconds(300));

}  // namespace lambda_pack
