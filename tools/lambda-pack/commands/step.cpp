#include "commands/step.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "commands/depfile.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

Step::Step(fs::path work, std::string name) : work_(std::move(work)), name_(std::move(name)) {
  if (work_.empty()) return;
  // The file system's clock, not ours: they differ, by a tick or by a network.
  const NewFile probe(work_ / (name_ + ".began"));
  struct stat status {};
  if (fstat(probe.descriptor(), &status) != 0) throw_system_error("reading", probe.temporary(), errno);
#ifdef __APPLE__
  began_ = status.st_mtimespec;
#else
  began_ = status.st_mtim;
#endif
}

void Step::reads(const Inputs& inputs) {
  inputs_.insert(inputs.files.begin(), inputs.files.end());
  inputs_.insert(inputs.folders.begin(), inputs.folders.end());
}

void Step::made(const fs::path& artifact) const {
  if (work_.empty()) return;
  const timespec times[2] = {began_, began_};
  if (utimensat(AT_FDCWD, artifact.c_str(), times, 0) != 0) throw_system_error("setting the time of", artifact, errno);
}

void Step::finish() const {
  if (work_.empty()) return;
  const fs::path stamp = work_ / (name_ + ".stamp");
  std::set<fs::path> names;
  for (const fs::path& input : inputs_) names.insert(depfile_name(input, work_ / "odd-names"));
  write_if_different(work_ / (name_ + ".d"), depfile_text(stamp, names));
  NewFile file(stamp);
  file.commit();
  made(stamp);
}

}  // namespace lambda_pack
