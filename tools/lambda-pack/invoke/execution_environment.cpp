#include "invoke/execution_environment.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "invoke/function_environment.hpp"
#include "invoke/function_process.hpp"
#include "invoke/log_lines.hpp"
#include "invoke/log_stream.hpp"
#include "invoke/request_id.hpp"
#include "invoke/runtime_server.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

using Clock = std::chrono::steady_clock;
using Meaning = RuntimeApi::Meaning;

constexpr std::chrono::seconds kInitLimit{10};
// How soon an exit is noticed that leaves neither a pipe nor a connection closed, and how often memory is looked at.
constexpr std::chrono::milliseconds kTick{20};
// What a runtime has for its own ending after it reported a failed initialisation.
constexpr std::chrono::seconds kExitPatience{2};
constexpr std::uint64_t kMebibyte = 1 << 20;

// `Root=1-<time>-<24 digits>;…;Sampled=0`: a trace that nobody records.
std::string new_trace_id() {
  std::string digits = new_request_id();
  std::erase(digits, '-');
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::array<char, 16> time{};
  std::snprintf(time.data(), time.size(), "%08llx", static_cast<unsigned long long>(now));
  return std::string("Root=1-") + time.data() + "-" + digits.substr(0, 24) + ";Parent=" + digits.substr(8, 16) +
         ";Sampled=0";
}

// The `errorType` of an error object; of anything else, what Lambda says then.
std::string error_type_of(const std::string& payload) {
  const nlohmann::json object = nlohmann::json::parse(payload, nullptr, false);
  if (object.is_object()) {
    const auto type = object.find("errorType");
    if (type != object.end() && type->is_string() && !type->get<std::string>().empty()) return *type;
  }
  return "Runtime.Unknown";
}

// A byte in a pipe wakes up who polls.
class Wakeup {
 public:
  Wakeup() {
    if (pipe(ends_.data()) != 0) throw_system_error("making", "a pipe", errno);
    for (const int end : ends_) {
      fcntl(end, F_SETFD, FD_CLOEXEC);
      fcntl(end, F_SETFL, O_NONBLOCK);
    }
  }
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;
  ~Wakeup() {
    for (const int end : ends_) close(end);
  }
  void ring() const { [[maybe_unused]] const ssize_t written = write(ends_[1], "", 1); }
  int descriptor() const { return ends_[0]; }

 private:
  std::array<int, 2> ends_{-1, -1};
};

}  // namespace

class ExecutionEnvironment::Impl {
 public:
  Impl(Function function, Client client, LogSink log)
      : function_(std::move(function)), client_(std::move(client)), sink_(std::move(log)) {}

  InvocationResult invoke(const InvocationRequest& request);
  void stop() {
    stopped_ = true;
    wakeup_.ring();
  }

 private:
  // What ended a time of waiting.
  enum class Cause { request, exit, deadline, memory, stop };
  struct Event {
    Cause cause;
    Meaning meaning = Meaning::nothing;  // of a request
    int status = 0;                      // of an exit
  };
  // A failure, as the caller and the log get it.
  struct Failure {
    std::string payload;
    std::string log;  // before END
    Ending ending;
  };
  struct Initialization {
    Milliseconds duration{};
    std::optional<Failure> failure;
  };

  Initialization initialize(Clock::duration limit, const std::string& request_id);
  InvocationResult finish_without_runtime(const InvocationRequest& request, const Initialization& init);
  void run_event(const InvocationRequest& request, Clock::time_point deadline, InvocationResult& result,
                 std::optional<Failure>& failure);
  Failure failure_of(const Event& event, const std::string& request_id);
  RuntimeEvent event_of(const InvocationRequest& request) const;

  Event wait(Clock::time_point deadline);
  std::optional<Event> look();
  void poll_until(Clock::time_point deadline);
  void read_output();
  void log(std::string_view text);
  void end_process();
  bool memory_is_exceeded();
  int peak_megabytes();
  Clock::time_point deadline_in(Clock::duration limit) const {
    return client_.debug_port != 0 ? Clock::time_point::max() : Clock::now() + limit;
  }

  Function function_;
  Client client_;
  LogSink sink_;
  Wakeup wakeup_;
  std::atomic<bool> stopped_ = false;
  std::string log_;
  LogStream output_{[this](std::string_view lines) { log(lines); }};
  bool output_ended_ = false;
  std::unique_ptr<RuntimeServer> server_;
  std::unique_ptr<FunctionProcess> process_;
  int peak_megabytes_ = 0;
};

void ExecutionEnvironment::Impl::log(std::string_view text) {
  log_.append(text);
  if (sink_) sink_(text);
}

// Reads all that is there: what was written before the request that has just come is in the pipe.
void ExecutionEnvironment::Impl::read_output() {
  std::array<char, 65536> buffer;
  while (process_ && !output_ended_) {
    const ssize_t got = read(process_->output(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got > 0) {
      output_.feed({buffer.data(), static_cast<std::size_t>(got)});
      continue;
    }
    output_ended_ = got == 0 || errno != EAGAIN;
    return;
  }
}

void ExecutionEnvironment::Impl::poll_until(Clock::time_point deadline) {
  std::vector<pollfd> descriptors{{wakeup_.descriptor(), POLLIN, 0},
                                  {output_ended_ ? -1 : process_->output(), POLLIN, 0}};
  server_->add_descriptors(descriptors);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      std::min<Clock::duration>(kTick, deadline - std::min(deadline, Clock::now())));
  poll(descriptors.data(), static_cast<nfds_t>(descriptors.size()), static_cast<int>(left.count()));
}

// What has happened, if anything has.
std::optional<ExecutionEnvironment::Impl::Event> ExecutionEnvironment::Impl::look() {
  if (memory_is_exceeded()) return Event{Cause::memory};  // first: on Lambda it would not have come to a response
  const Meaning meaning = server_->advance();
  if (meaning != Meaning::nothing) return Event{Cause::request, meaning};
  if (stopped_) return Event{Cause::stop};
  if (const std::optional<int> status = process_->exited()) return Event{Cause::exit, Meaning::nothing, *status};
  return std::nullopt;
}

ExecutionEnvironment::Impl::Event ExecutionEnvironment::Impl::wait(Clock::time_point deadline) {
  while (true) {
    std::optional<Event> event = look();
    if (!event && Clock::now() >= deadline) event = Event{Cause::deadline};
    read_output();
    if (event) return *event;
    poll_until(deadline);
  }
}

// Not under an emulator, whose own memory nobody could tell from the function's.
bool ExecutionEnvironment::Impl::memory_is_exceeded() {
  return client_.emulator.empty() && process_->peak_memory() > static_cast<std::uint64_t>(function_.memory) * kMebibyte;
}

int ExecutionEnvironment::Impl::peak_megabytes() {
  if (process_) peak_megabytes_ = static_cast<int>((process_->peak_memory() + kMebibyte - 1) / kMebibyte);
  return std::min(peak_megabytes_, client_.emulator.empty() ? function_.memory : peak_megabytes_);
}

void ExecutionEnvironment::Impl::end_process() {
  if (!process_) return;
  peak_megabytes();
  process_->kill();
  read_output();
  output_.flush();
  process_.reset();
  server_.reset();
}

ExecutionEnvironment::Impl::Failure ExecutionEnvironment::Impl::failure_of(const Event& event,
                                                                           const std::string& request_id) {
  if (event.cause == Cause::deadline) {
    const std::string seconds = std::to_string(function_.timeout) + ".00 seconds";
    return {error_payload("Sandbox.Timedout", "RequestId: " + request_id + " Error: Task timed out after " + seconds),
            timeout_line(request_id, function_.timeout, std::chrono::system_clock::now()),
            {"timeout", ""}};
  }
  const int status = event.cause == Cause::exit ? event.status : SIGKILL;
  const std::string message = exit_message(request_id, status);
  return {
      error_payload("Runtime.ExitError", message), message + "\nRuntime.ExitError\n", {"error", "Runtime.ExitError"}};
}

// From the start of the process to its first `next`.
ExecutionEnvironment::Impl::Initialization ExecutionEnvironment::Impl::initialize(Clock::duration limit,
                                                                                  const std::string& request_id) {
  const auto began = Clock::now();
  output_ended_ = false;
  server_ = std::make_unique<RuntimeServer>();
  process_ = std::make_unique<FunctionProcess>(function_, client_, server_->address());
  const Event event = wait(deadline_in(limit));
  Initialization result{Clock::now() - began, std::nullopt};
  if (event.meaning == Meaning::next) return result;
  if (event.meaning == Meaning::init_error) {
    const std::string payload = server_->body(), type = error_type_of(payload);
    while (wait(Clock::now() + kExitPatience).cause == Cause::request) continue;
    result.failure = Failure{payload, "", {"error", type}};
  } else {
    result.failure = failure_of(event, request_id);
  }
  result.duration = Clock::now() - began;
  end_process();
  return result;
}

RuntimeEvent ExecutionEnvironment::Impl::event_of(const InvocationRequest& request) const {
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(function_.timeout);
  return {request.request_id,
          request.payload,
          request.function_arn.empty() ? arn_of(function_, own_environment()) : request.function_arn,
          new_trace_id(),
          request.client_context,
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline.time_since_epoch()).count()};
}

// Hands the event over and waits until the runtime wants another one, so that all it wrote is there.
void ExecutionEnvironment::Impl::run_event(const InvocationRequest& request, Clock::time_point deadline,
                                           InvocationResult& result, std::optional<Failure>& failure) {
  server_->answer_next(event_of(request));
  bool answered = false;
  while (true) {
    const Event event = wait(deadline);
    switch (event.meaning) {
      case Meaning::next: return;
      case Meaning::response:
      case Meaning::error:
        result.payload = server_->body();
        result.function_error = event.meaning == Meaning::error ? "Unhandled" : "";
        answered = true;
        continue;
      case Meaning::too_large:
        result.payload = error_payload("Function.ResponseSizeTooLarge",
                                       "Response payload size exceeded maximum allowed payload size (" +
                                           std::to_string(kResponseLimit) + " bytes).");
        result.function_error = "Unhandled";
        answered = true;
        continue;
      default: break;
    }
    if (event.cause == Cause::request) continue;
    failure = failure_of(event, request.request_id);
    if (answered) failure->payload = result.payload;  // the caller has had it
    else result.function_error = "Unhandled";
    return;
  }
}

InvocationResult ExecutionEnvironment::Impl::finish_without_runtime(const InvocationRequest& request,
                                                                    const Initialization& init) {
  const Failure& failure = *init.failure;
  log(init_report_line(init.duration, "invoke", failure.ending));
  log(start_line(request.request_id));
  log(failure.log);
  log(end_line(request.request_id));
  log(report_line(request.request_id,
                  {init.duration, std::nullopt, function_.memory, peak_megabytes(), failure.ending}));
  return {failure.payload, "Unhandled", log_};
}

InvocationResult ExecutionEnvironment::Impl::invoke(const InvocationRequest& request) {
  log_.clear();
  const Clock::duration limit = std::chrono::seconds(function_.timeout);
  if (process_ && process_->exited()) end_process();  // while it was idle
  log_.clear();
  std::optional<Milliseconds> init_duration;
  auto began = Clock::now();
  if (!process_) {
    const Initialization init = initialize(kInitLimit, request.request_id);
    if (!init.failure) {
      init_duration = init.duration;
      began = Clock::now();
    } else {
      // Lambda tries again, within the invocation and its timeout.
      log(init_report_line(init.duration, "init", init.failure->ending));
      began = Clock::now();
      const Initialization again = initialize(limit, request.request_id);
      if (again.failure) return finish_without_runtime(request, again);
    }
  }

  log(start_line(request.request_id));
  InvocationResult result;
  std::optional<Failure> failure;
  run_event(request, client_.debug_port != 0 ? Clock::time_point::max() : began + limit, result, failure);
  Milliseconds duration = Clock::now() - began;
  if (failure) {
    result.payload = failure->payload;
    if (failure->ending.status == "timeout") duration = limit;
    end_process();
    log(failure->log);
  } else {
    read_output();
    output_.flush();
  }
  log(end_line(request.request_id));
  log(report_line(request.request_id,
                  {duration, init_duration, function_.memory, peak_megabytes(), failure ? failure->ending : Ending{}}));
  result.log = log_;
  return result;
}

ExecutionEnvironment::ExecutionEnvironment(Function function, Client client, LogSink log)
    : impl_(std::make_unique<Impl>(std::move(function), std::move(client), std::move(log))) {}

ExecutionEnvironment::~ExecutionEnvironment() = default;

InvocationResult ExecutionEnvironment::invoke(const InvocationRequest& request) { return impl_->invoke(request); }

void ExecutionEnvironment::stop() { impl_->stop(); }

}  // namespace lambda_pack
