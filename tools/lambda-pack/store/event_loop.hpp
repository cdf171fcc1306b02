// One thread that drives all transfers, timers and what worker threads report.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace lambda_pack {

using Action = std::function<void()>;

// Runs actions and libcurl transfers on the thread that calls run(). Only post() may be called from another
// thread. An exception out of an action or a transfer's end comes out of run(), and the loop must not be used
// again.
class EventLoop {
 public:
  // At most `connections` transfers at once; the others wait, those with the highest priority first.
  explicit EventLoop(unsigned connections);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();  // transfers under way are dropped; their ends are not called

  // Runs a transfer; `easy` must live until `ended` is called or the loop is destroyed.
  void transfer(CURL* easy, std::uint64_t priority, std::function<void(CURLcode)> ended);
  // Drops a transfer, if it waits or runs; its end is not called.
  void forget(CURL* easy);
  void after(std::chrono::milliseconds delay, Action action);
  void post(Action action);

  // Works until `finished` says so, which is asked between any two steps.
  void run(const std::function<bool()>& finished);

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    CURL* easy;
    std::uint64_t priority;
  };
  void start_waiting();
  void run_due_timers();
  void run_posted();
  void collect_ended();
  int milliseconds_to_wait() const;

  CURLM* multi_ = nullptr;
  unsigned connections_;
  std::vector<Waiting> waiting_;
  std::map<CURL*, std::function<void(CURLcode)>> ends_;  // of waiting and running transfers
  std::vector<CURL*> running_;
  std::multimap<Clock::time_point, Action> timers_;
  std::mutex mutex_;
  std::vector<Action> posted_;
};

// A few threads for work that takes processor time (hashing, inflating, parsing) beside the transfers.
class Workers {
 public:
  Workers(EventLoop& loop, unsigned threads);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { stop(); }

  // Waits for what runs; what has not begun is dropped. Nothing may be run any more.
  void stop();

  // Runs `work` on a worker thread, then `done` on the loop's thread. `work` must not throw.
  void run(Action work, Action done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace lambda_pack
