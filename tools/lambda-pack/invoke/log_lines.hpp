// The lines that Lambda itself writes into a function's log, in its text format. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html, .../troubleshooting-invocation.html
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

using Milliseconds = std::chrono::duration<double, std::milli>;

// How a phase ended, for REPORT and INIT_REPORT; `status` "error" or "timeout", empty for success, and with "error" the
// error's type.
struct Ending {
  std::string status;
  std::string error_type;
};

// `START RequestId: X Version: $LATEST`
std::string start_line(std::string_view request_id);

// `END RequestId: X`
std::string end_line(std::string_view request_id);

struct Report {
  Milliseconds duration{};
  std::optional<Milliseconds> init_duration;  // of a cold start
  int memory_size = 128;                      // MB
  int max_memory_used = 0;                    // MB
  Ending ending;
};
std::string report_line(std::string_view request_id, const Report& report);

// Of an initialisation that failed or took too long; `phase` is "init", or "invoke" for the one that is tried again
// inside of the invocation.
std::string init_report_line(Milliseconds duration, std::string_view phase, const Ending& ending);

// `2026-11-23T14:11:43.123Z X Task timed out after 3.00 seconds` and the empty line that follows it.
std::string timeout_line(std::string_view request_id, int seconds, std::chrono::system_clock::time_point now);

// What Lambda answers, and logs, when the runtime's process ended: `RequestId: X Error: Runtime exited with error: exit
// status 1`. `status` is waitpid's.
std::string exit_message(std::string_view request_id, int status);

// The object that stands for a failure which the function itself did not report.
std::string error_payload(std::string_view type, std::string_view message);

}  // namespace lambda_pack
