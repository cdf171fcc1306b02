#include "invoke/task_root.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>
#ifdef __linux__
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#endif

namespace lambda_pack {
namespace {

constexpr int kNotPossible = 125;

#ifdef __linux__
namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& doing) { throw std::runtime_error(doing + ": " + std::strerror(errno)); }

// A folder that stays reachable whatever is mounted over its path.
class Anchor {
 public:
  explicit Anchor(const fs::path& folder) : descriptor_(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail("opening " + folder.string());
  }
  Anchor(Anchor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Anchor& operator=(Anchor&&) = delete;
  ~Anchor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  fs::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

void write_proc(const char* file, const std::string& text) {
  const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  const bool written =
      descriptor >= 0 && write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int reason = errno;
  if (descriptor >= 0) close(descriptor);
  errno = reason;
  if (!written) fail(std::string("writing ") + file);
}

// user_namespaces(7): one user and one group, each mapped to itself.
void make_user_namespace() {
  const std::string user = std::to_string(geteuid()), group = std::to_string(getegid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) fail("making a user namespace");
  write_proc("/proc/self/setgroups", "deny");
  write_proc("/proc/self/uid_map", user + " " + user + " 1");
  write_proc("/proc/self/gid_map", group + " " + group + " 1");
}

void make_namespaces() {
  const bool as_root = geteuid() == 0 && unshare(CLONE_NEWNS) == 0;
  if (!as_root) make_user_namespace();
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) fail("making mounts private");
}

void bind(const fs::path& source, const fs::path& place) {
  if (mount(source.c_str(), place.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) {
    fail("binding " + place.string());
  }
}

// A remount must repeat the flags that the owner of the outer namespace has set (mount_namespaces(7), locked flags).
void make_read_only(const fs::path& place) {
  struct statvfs now{};
  if (statvfs(place.c_str(), &now) != 0) fail("looking at " + place.string());
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
  if ((now.f_flag & ST_NOSUID) != 0) flags |= MS_NOSUID;
  if ((now.f_flag & ST_NODEV) != 0) flags |= MS_NODEV;
  if ((now.f_flag & ST_NOEXEC) != 0) flags |= MS_NOEXEC;
  if ((now.f_flag & ST_NOATIME) != 0) flags |= MS_NOATIME;
  if ((now.f_flag & ST_NODIRATIME) != 0) flags |= MS_NODIRATIME;
  if ((now.f_flag & ST_RELATIME) != 0) flags |= MS_RELATIME;
  if (mount(nullptr, place.c_str(), nullptr, flags, nullptr) != 0) fail("making " + place.string() + " read-only");
}

// Puts folders over one another at `place`, an existing folder that can be written to: a name that one of them has is
// bound, a folder that several have is made and filled in the same way. The first in `layers` is the uppermost.
void merge(const std::vector<fs::path>& layers, const fs::path& place) {
  std::map<std::string, std::vector<fs::path>> names;
  for (const fs::path& layer : layers) {
    for (const fs::directory_entry& entry : fs::directory_iterator(layer)) {
      std::vector<fs::path>& found = names[entry.path().filename().string()];
      const bool is_folder = entry.is_directory() && !entry.is_symlink();
      const bool hidden = !found.empty() && !(fs::is_directory(fs::symlink_status(found.front())) && is_folder);
      if (!hidden) found.push_back(entry.path());
    }
  }
  for (const auto& [name, found] : names) {
    const fs::path target = place / name;
    const fs::file_status status = fs::symlink_status(found.front());
    if (fs::is_symlink(status)) {
      fs::copy_symlink(found.front(), target);
    } else if (!fs::is_directory(status)) {
      std::ofstream(target).close();
      bind(found.front(), target);
    } else {
      fs::create_directory(target);
      found.size() == 1 ? bind(found.front(), target) : merge(found, target);
    }
  }
}

// Makes the host's folder one that this process may add to: a new file system that has the same entries.
void rebuild(const fs::path& folder, std::vector<fs::path> above) {
  struct stat host{};
  if (stat(folder.c_str(), &host) != 0) fail("looking at " + folder.string());
  const Anchor before(folder);
  if (mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=4m") != 0) {
    fail("mounting over " + folder.string());
  }
  above.push_back(before.path());
  merge(above, folder);
}

void mount_all(const fs::path& task_root, const std::vector<fs::path>& layers) {
  const Anchor task(task_root);
  std::vector<Anchor> anchors;
  for (const fs::path& layer : layers) anchors.emplace_back(layer);
  if (!fs::is_directory("/var/task")) {
    rebuild("/var", {});
    fs::create_directory("/var/task");
  }
  bind(task.path(), "/var/task");
  make_read_only("/var/task");
  if (anchors.empty()) return;
  std::vector<fs::path> uppermost_first;
  for (auto anchor = anchors.rbegin(); anchor != anchors.rend(); ++anchor) uppermost_first.push_back(anchor->path());
  rebuild("/opt", std::move(uppermost_first));
  make_read_only("/opt");
}

void prepare(const fs::path& task_root, const std::vector<fs::path>& layers) {
  const pid_t parent = getppid();
  make_namespaces();
  mount_all(task_root, layers);
  // Only now: a change of credentials, as the one above, takes it away.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kNotPossible);
  if (chdir("/var/task") != 0) fail("changing to /var/task");
}
#else
void prepare(const std::filesystem::path&, const std::vector<std::filesystem::path>&) {
  throw std::runtime_error("this system has no mount namespaces");
}
#endif

}  // namespace

int enter_task_root(char** arguments) {
  const int status = std::atoi(*arguments++);
  fcntl(status, F_SETFD, FD_CLOEXEC);
  std::string message;
  try {
    const std::filesystem::path task_root = *arguments++;
    std::vector<std::filesystem::path> layers;
    for (int left = std::atoi(*arguments++); left > 0; --left) layers.emplace_back(*arguments++);
    prepare(task_root, layers);
    execv(*arguments, arguments);
    message = std::string("starting ") + *arguments + ": " + std::strerror(errno);
  } catch (const std::exception& error) {
    message = error.what();
  }
  [[maybe_unused]] const ssize_t told = write(status, message.data(), message.size());
  return kNotPossible;
}

}  // namespace lambda_pack
