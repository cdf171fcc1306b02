#include "bytecode/background_compilation.hpp"

#include <exception>
#include <utility>

#include "system/report.hpp"

namespace lambda_pack {

BackgroundCompilation::BackgroundCompilation(Compiler compiler, const Store& store)
    : compiler_(std::move(compiler)), store_(store) {}

BackgroundCompilation::~BackgroundCompilation() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void BackgroundCompilation::add(WheelInStore wheel) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(wheel));
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  changed_.notify_one();
}

void BackgroundCompilation::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_one();
}

void BackgroundCompilation::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    const WheelInStore wheel = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      bytecode_of(wheel, compiler_, store_);
    } catch (const std::exception& error) {
      explain(error.what());
    }
  }
}

}  // namespace lambda_pack
