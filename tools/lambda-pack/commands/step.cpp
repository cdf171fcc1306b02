#include "commands/step.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <tuple>

#include "commands/depfile.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

timespec modification_time_of(int descriptor, const fs::path& path) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0) throw_system_error("reading", path, errno);
  return modification_time(status);
}

}  // namespace

Step::Step(fs::path work, std::string name, bool makefiles)
    : work_(std::move(work)), name_(std::move(name)), makefiles_(makefiles) {
  if (work_.empty()) return;
  const fs::path mark = work_ / (name_ + ".began");
  NewFile file(mark);
  began_ = modification_time_of(file.descriptor(), mark);
  file.commit();
}

void Step::reads(const Inputs& inputs) {
  inputs_.insert(inputs.files.begin(), inputs.files.end());
  inputs_.insert(inputs.folders.begin(), inputs.folders.end());
}

void Step::made(const fs::path& artifact, bool written) {
  if (work_.empty()) return;
  artifacts_.insert(artifact);
  if (makefiles_) inputs_.insert(artifact);
  if (written) set_time(artifact);
}

void Step::finish() {
  if (work_.empty()) return;
  // Ninja before 1.12 takes a step that left its artifacts as they were for younger than an edit made meanwhile.
  if (edited_meanwhile()) {
    for (const fs::path& artifact : artifacts_) set_time(artifact);
  }
  const fs::path stamp = work_ / (name_ + ".stamp");
  std::set<fs::path> names;
  for (const fs::path& input : inputs_) names.insert(depfile_name(input, work_ / "odd-names"));
  write_if_different(work_ / (name_ + ".d"), depfile_text(stamp, names));
  NewFile file(stamp);
  file.commit();
  set_time(stamp);
}

bool Step::is_running(const fs::path& work, const std::string& name) {
  std::error_code no_beginning, no_stamp;
  const auto beginning = fs::last_write_time(work / (name + ".began"), no_beginning);
  const auto stamp = fs::last_write_time(work / (name + ".stamp"), no_stamp);
  return !no_beginning && (no_stamp || beginning > stamp);
}

bool Step::edited_meanwhile() const {
  for (const fs::path& input : inputs_) {
    struct stat status{};
    if (artifacts_.contains(input) || stat(input.c_str(), &status) != 0) continue;
    const timespec time = modification_time(status);
    if (std::tie(time.tv_sec, time.tv_nsec) > std::tie(began_.tv_sec, began_.tv_nsec)) return true;
  }
  return false;
}

void Step::set_time(const fs::path& file) const {
  const timespec times[2] = {began_, began_};
  if (utimensat(AT_FDCWD, file.c_str(), times, 0) != 0) throw_system_error("setting the time of", file, errno);
}

}  // namespace lambda_pack
