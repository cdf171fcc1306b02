#include "invoke/watch.hpp"

#include <algorithm>
#include <system_error>

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::milliseconds kLongestWait{200};  // stop() has an effect within it

// A link's file may change where it really is.
Inputs with_targets_of_links(const Inputs& inputs) {
  Inputs all = inputs;
  std::error_code error;
  for (const fs::path& file : inputs.files) {
    if (!fs::is_symlink(file, error)) continue;
    if (const fs::path target = fs::canonical(file, error); !error) all.files.insert(target);
  }
  return all;
}

}  // namespace

void Watch::set(Owner owner, const Inputs& inputs) {
  const Inputs all = with_targets_of_links(inputs);
  const std::lock_guard lock(mutex_);
  paths_.set(owner, all);
  source_->watch(paths_.files(), paths_.folders());
}

void Watch::run(const Listener& listener) {
  Settling settling;
  Owners unsettled;
  while (!stopped_) {
    std::chrono::milliseconds wait = kLongestWait;
    if (const auto due = settling.due()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - Settling::Clock::now());
      wait = std::clamp(left, std::chrono::milliseconds(0), kLongestWait);
    }
    const Owners seen = owners_of(source_->wait(wait));
    settling.seen(seen, Settling::Clock::now());
    for (const Owner owner : seen) {
      if (unsettled.insert(owner).second) listener.begun(owner);
    }
    const Owners settled = settling.take(Settling::Clock::now());
    if (settled.empty()) continue;
    for (const Owner owner : settled) unsettled.erase(owner);
    listener.settled(settled);
  }
}

Owners Watch::owners_of(const Changes& changes) {
  const std::lock_guard lock(mutex_);
  if (changes.may_be_more) return paths_.everybody();
  Owners owners;
  for (const Change& change : changes.some) owners.merge(paths_.owners_of(change.folder, change.name));
  return owners;
}

}  // namespace lambda_pack
