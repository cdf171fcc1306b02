#include "invoke/log_lines.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <ctime>

#include <nlohmann/json.hpp>

namespace lambda_pack {
namespace {

struct SignalName {
  int number;
  std::string_view name;
};

// As Go names them, which Lambda's own side is written in.
constexpr SignalName kSignals[] = {
    {SIGABRT, "aborted"},
    {SIGALRM, "alarm clock"},
    {SIGBUS, "bus error"},
    {SIGFPE, "floating point exception"},
    {SIGHUP, "hangup"},
    {SIGILL, "illegal instruction"},
    {SIGINT, "interrupt"},
    {SIGKILL, "killed"},
    {SIGPIPE, "broken pipe"},
    {SIGQUIT, "quit"},
    {SIGSEGV, "segmentation fault"},
    {SIGTERM, "terminated"},
    {SIGTRAP, "trace/breakpoint trap"},
    {SIGUSR1, "user defined signal 1"},
    {SIGUSR2, "user defined signal 2"},
};

std::string signal_name(int number) {
  const auto* found = std::find_if(std::begin(kSignals), std::end(kSignals),
                                   [number](const SignalName& one) { return one.number == number; });
  return found != std::end(kSignals) ? std::string(found->name) : fmt::format("signal {}", number);
}

std::string in_words(const Ending& ending) {
  std::string text;
  if (!ending.status.empty()) text += "\tStatus: " + ending.status;
  if (!ending.error_type.empty()) text += "\tError Type: " + ending.error_type;
  return text;
}

}  // namespace

std::string start_line(std::string_view request_id) {
  return fmt::format("START RequestId: {} Version: $LATEST\n", request_id);
}

std::string end_line(std::string_view request_id) { return fmt::format("END RequestId: {}\n", request_id); }

std::string report_line(std::string_view request_id, const Report& report) {
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} MB\tMax Memory Used: {} MB",
      request_id, report.duration.count(), std::ceil(report.duration.count()), report.memory_size,
      report.max_memory_used);
  if (report.init_duration) line += fmt::format("\tInit Duration: {:.2f} ms", report.init_duration->count());
  return line + in_words(report.ending) + "\n";
}

std::string init_report_line(Milliseconds duration, std::string_view phase, const Ending& ending) {
  return fmt::format("INIT_REPORT Init Duration: {:.2f} ms\tPhase: {}{}\n", duration.count(), phase, in_words(ending));
}

std::string timeout_line(std::string_view request_id, int seconds, std::chrono::system_clock::time_point now) {
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const auto whole_seconds = static_cast<std::time_t>(since_epoch / 1000);
  std::tm utc{};
  gmtime_r(&whole_seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z {} Task timed out after {}.00 seconds\n\n",
                     utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     since_epoch % 1000, request_id, seconds);
}

std::string exit_message(std::string_view request_id, int status) {
  std::string what = "Runtime exited without providing a reason";
  if (WIFSIGNALED(status)) {
    what = "Runtime exited with error: signal: " + signal_name(WTERMSIG(status));
    if (WCOREDUMP(status)) what += " (core dumped)";
  } else if (WEXITSTATUS(status) != 0) {
    what = fmt::format("Runtime exited with error: exit status {}", WEXITSTATUS(status));
  }
  return fmt::format("RequestId: {} Error: {}", request_id, what);
}

std::string error_payload(std::string_view type, std::string_view message) {
  const nlohmann::ordered_json object{{"errorType", type}, {"errorMessage", message}};
  return object.dump();
}

}  // namespace lambda_pack
