// The head of the zip, written while the project's build backend runs, which keeps one processor busy.
#pragma once

#include <atomic>
#include <functional>
#include <future>

#include "commands/settings.hpp"

namespace lambda_pack {

// Writes the head of the package's zip to its build folder until `enough`, unless the last one was left lying there, as
// when only staged trees are built. Nobody needs it: what fails is told to those who want to know everything.
void write_head_ahead(const Settings& settings, const std::function<bool()>& enough);

// The same in a thread, for as long as the object lives. Does nothing outside of a build tree.
class HeadStart {
 public:
  explicit HeadStart(const Settings& settings);  // must outlive the object
  HeadStart(const HeadStart&) = delete;
  HeadStart& operator=(const HeadStart&) = delete;
  // Ends it, and throws away what was written.
  ~HeadStart();

  // Ends it, and keeps what was written until now.
  void keep();

 private:
  const Settings& settings_;
  std::atomic<bool> enough_ = false;
  std::future<void> written_;
};

}  // namespace lambda_pack
