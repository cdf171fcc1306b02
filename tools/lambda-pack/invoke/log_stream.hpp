// What a function's process writes: plain text, and the frames in which the runtime client wraps log records, in one
// stream and so in their true order. Pure.
//
// A frame (awslambdaric, FramedTelemetryLogSink): type a55a00.. and length, 4 bytes each, time in µs, 8 bytes, all
// big-endian, then the message.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lambda_pack {

class LogStream {
 public:
  using Lines = std::function<void(std::string_view)>;

  // `lines` gets the text as it becomes complete, whole lines, each with its \n.
  explicit LogStream(Lines lines) : lines_(std::move(lines)) {}

  void feed(std::string_view bytes);
  // Ends an unfinished line, and gives an unfinished frame as the text it is.
  void flush();

 private:
  bool take_frame();
  void take_text();
  void emit_text(std::string_view text);
  void end_line();

  Lines lines_;
  std::string pending_;  // not yet understood
  std::string line_;     // text without its end
};

}  // namespace lambda_pack
