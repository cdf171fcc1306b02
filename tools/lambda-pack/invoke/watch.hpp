// Tells who is concerned when files change, at once and again when the changes have come to rest.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "build/inputs.hpp"
#include "invoke/change_source.hpp"
#include "invoke/watched_paths.hpp"

namespace lambda_pack {

class Watch {
 public:
  struct Listener {
    std::function<void(Owner)> begun;            // the first change of an owner since it was settled
    std::function<void(const Owners&)> settled;  // what was seen of these has come to rest
  };

  explicit Watch(std::unique_ptr<ChangeSource> source) : source_(std::move(source)) {}

  // Says anew what `owner` depends on; what changes after this returns is noticed. May be called from any thread.
  void set(Owner owner, const Inputs& inputs);

  // Watches until stop() is called from another thread; the listener is called from this one.
  void run(const Listener& listener);
  void stop() { stopped_ = true; }

 private:
  Owners owners_of(const Changes& changes);

  std::unique_ptr<ChangeSource> source_;
  std::mutex mutex_;
  WatchedPaths paths_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace lambda_pack
