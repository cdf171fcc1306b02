// One step of a build: its stamp and its depfile.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>

#include "build/inputs.hpp"

namespace lambda_pack {

// Made at the start of a step, finished at its end. Outside of a build (`work` empty) it does nothing.
class Step {
 public:
  // `<work>/<name>.stamp`, `<work>/<name>.d` and `<work>/<name>.began` are the step's; the last one's time is that of
  // the beginning, by the file system's clock, which may differ from ours by a tick or by a network.
  // With `makefiles` the depfile names the artifacts as well: make has no rule for a byproduct, so one that somebody
  // deletes would stay so.
  Step(std::filesystem::path work, std::string name, bool makefiles);

  // An empty path is none.
  void reads(const std::filesystem::path& file_or_folder) {
    if (!file_or_folder.empty()) inputs_.insert(file_or_folder);
  }
  void reads(const Inputs& inputs);

  // Says that the step is responsible for `artifact`, and whether it wrote it now. What was written gets the time at
  // which the step began: an edit made while the step ran is newer than that, so the next build sees it.
  void made(const std::filesystem::path& artifact, bool written);

  // Writes the depfile and, last of all, the stamp.
  void finish();

  // Whether the step `name` of that folder has begun and not finished; one that failed counts as not finished.
  static bool is_running(const std::filesystem::path& work, const std::string& name);

 private:
  std::filesystem::path work_;
  std::string name_;
  bool makefiles_;
  timespec began_{};
  bool edited_meanwhile() const;
  void set_time(const std::filesystem::path& file) const;

  std::set<std::filesystem::path> inputs_, artifacts_;
};

}  // namespace lambda_pack
