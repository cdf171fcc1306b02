// One step of a build: its stamp and its depfile.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <sys/stat.h>

#include "build/inputs.hpp"

namespace lambda_pack {

// Made at the start of a step, finished at its end. Outside of a build (`work` empty) it does nothing.
class Step {
 public:
  // `<work>/<name>.stamp` and `<work>/<name>.d` are the step's.
  Step(std::filesystem::path work, std::string name);

  void reads(const std::filesystem::path& file_or_folder) { inputs_.insert(file_or_folder); }
  void reads(const Inputs& inputs);

  // Gives `artifact` the time at which the step began: an edit made while the step ran is newer than that, so the next
  // build sees it.
  void made(const std::filesystem::path& artifact) const;

  // Writes the depfile and, last of all, the stamp.
  void finish() const;

 private:
  std::filesystem::path work_;
  std::string name_;
  timespec began_{};
  std::set<std::filesystem::path> inputs_;
};

}  // namespace lambda_pack
