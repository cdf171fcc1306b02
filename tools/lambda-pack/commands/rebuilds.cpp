#include "commands/rebuilds.hpp"

#include "base/error.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

std::unique_ptr<ChangeSource> best_source() {
  std::unique_ptr<ChangeSource> source = inotify_source();
  return source ? std::move(source) : polling_source();
}

}  // namespace

Rebuilds::Rebuilds(const std::vector<std::unique_ptr<ServedFunction>>& functions)
    : functions_(functions), watch_(best_source()) {
  for (Owner owner = 0; owner < functions_.size(); ++owner) watch_inputs(owner);
  watcher_ = std::thread([this] {
    watch_.run({[this](Owner owner) { functions_[owner]->pool().hold(); },
                [this](const Owners& owners) {
                  const std::lock_guard lock(mutex_);
                  for (const Owner owner : owners) ++changed_[owner];
                  arrived_.notify_all();
                }});
  });
  builder_ = std::thread([this] { build_what_changed(); });
}

Rebuilds::~Rebuilds() {
  watch_.stop();
  watcher_.join();
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    arrived_.notify_all();
  }
  builder_.join();
}

// A project that cannot be listed cannot be built either, and the build says why.
void Rebuilds::watch_inputs(Owner owner) {
  try {
    watch_.set(owner, functions_[owner]->inputs());
  } catch (const Error& error) {
    explain(error.what());
  }
}

void Rebuilds::build_what_changed() {
  while (true) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return stopped_ || !changed_.empty(); });
    if (stopped_) return;
    const auto [owner, bursts] = *changed_.begin();
    changed_.erase(changed_.begin());
    lock.unlock();
    watch_inputs(owner);  // before the build, so that it has all that was written before a new folder was watched
    functions_[owner]->rebuild();
    for (int i = 0; i < bursts; ++i) functions_[owner]->pool().release();
  }
}

}  // namespace lambda_pack
