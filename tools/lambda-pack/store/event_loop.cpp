#include "store/event_loop.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <new>
#include <thread>
#include <utility>

namespace lambda_pack {
namespace {

// libcurl wants to be set up once, before there are other threads that use it.
void set_up_curl_once() {
  static const CURLcode outcome = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (outcome != CURLE_OK) throw std::bad_alloc();
}

}  // namespace

EventLoop::EventLoop(unsigned connections) : connections_(std::max(connections, 1U)) {
  set_up_curl_once();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  // Kept open for the next file of the same host.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(2 * connections_));
}

EventLoop::~EventLoop() {
  for (CURL* easy : running_) curl_multi_remove_handle(multi_, easy);
  curl_multi_cleanup(multi_);
}

void EventLoop::transfer(CURL* easy, std::uint64_t priority, std::function<void(CURLcode)> ended) {
  ends_[easy] = std::move(ended);
  waiting_.push_back({easy, priority});
}

void EventLoop::forget(CURL* easy) {
  if (const auto found = std::find(running_.begin(), running_.end(), easy); found != running_.end()) {
    curl_multi_remove_handle(multi_, easy);
    running_.erase(found);
  }
  std::erase_if(waiting_, [easy](const Waiting& waiting) { return waiting.easy == easy; });
  ends_.erase(easy);
}

void EventLoop::after(std::chrono::milliseconds delay, Action action) {
  timers_.emplace(Clock::now() + delay, std::move(action));
}

void EventLoop::post(Action action) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(action));
  curl_multi_wakeup(multi_);
}

void EventLoop::run(const std::function<bool()>& finished) {
  while (!finished()) {
    run_posted();
    run_due_timers();
    start_waiting();
    int unused = 0;
    curl_multi_perform(multi_, &unused);
    collect_ended();
    if (finished()) return;
    start_waiting();
    curl_multi_poll(multi_, nullptr, 0, milliseconds_to_wait(), nullptr);
  }
}

void EventLoop::start_waiting() {
  while (running_.size() < connections_ && !waiting_.empty()) {
    const auto first = std::max_element(waiting_.begin(), waiting_.end(),
                                        [](const Waiting& a, const Waiting& b) { return a.priority < b.priority; });
    CURL* easy = first->easy;
    waiting_.erase(first);
    running_.push_back(easy);
    curl_multi_add_handle(multi_, easy);
  }
}

void EventLoop::run_due_timers() {
  while (!timers_.empty() && timers_.begin()->first <= Clock::now()) {
    const auto timer = timers_.extract(timers_.begin());
    timer.mapped()();
  }
}

void EventLoop::run_posted() {
  std::vector<Action> actions;
  {
    const std::lock_guard lock(mutex_);
    actions.swap(posted_);
  }
  for (const Action& action : actions) action();
}

void EventLoop::collect_ended() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode outcome = message->data.result;  // `message` is gone once the handle is removed
    curl_multi_remove_handle(multi_, easy);
    running_.erase(std::find(running_.begin(), running_.end(), easy));
    const auto end = ends_.extract(easy);
    end.mapped()(outcome);
  }
}

int EventLoop::milliseconds_to_wait() const {
  constexpr int kLongest = 1000;
  if (timers_.empty()) return kLongest;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(timers_.begin()->first - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left + 1, 0, kLongest));
}

struct Workers::State {
  struct Job {
    Action work, done;
  };
  explicit State(EventLoop& event_loop) : loop(event_loop) {}

  void serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return stopping || !jobs.empty(); });
      if (stopping) return;
      Job job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      job.work();
      loop.post(std::move(job.done));
      lock.lock();
    }
  }

  EventLoop& loop;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job> jobs;
  bool stopping = false;
  std::vector<std::thread> threads;
};

Workers::Workers(EventLoop& loop, unsigned threads) : state_(std::make_shared<State>(loop)) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) state_->threads.emplace_back([this] { state_->serve(); });
}

void Workers::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

void Workers::run(Action work, Action done) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->jobs.push_back({std::move(work), std::move(done)});
  }
  state_->wake.notify_one();
}

}  // namespace lambda_pack
