// Watches the sources of served functions and rebuilds those that change, one at a time: they may share a build tree.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "commands/served_function.hpp"
#include "invoke/watch.hpp"

namespace lambda_pack {

class Rebuilds {
 public:
  // Watches from then on. From the first change of a function's sources until its build has ended, invocations of it
  // wait. The functions must outlive the object.
  explicit Rebuilds(const std::vector<std::unique_ptr<ServedFunction>>& functions);
  Rebuilds(const Rebuilds&) = delete;
  Rebuilds& operator=(const Rebuilds&) = delete;
  // Waits for the build that runs.
  ~Rebuilds();

 private:
  void watch_inputs(Owner owner);
  void build_what_changed();

  const std::vector<std::unique_ptr<ServedFunction>>& functions_;
  Watch watch_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<Owner, int> changed_;  // by how many bursts, each of which holds invocations back
  bool stopped_ = false;
  std::thread watcher_, builder_;
};

}  // namespace lambda_pack
