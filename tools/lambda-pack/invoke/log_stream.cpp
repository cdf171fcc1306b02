#include "invoke/log_stream.hpp"

#include <algorithm>
#include <cstdint>

namespace lambda_pack {
namespace {

// No text has it: in UTF-8 the first byte begins nothing.
constexpr std::string_view kFrameMark("\xa5\x5a\x00", 3);
constexpr std::size_t kFrameHead = 16;
// A record is never that large; what looks like one is data that a function prints.
constexpr std::uint32_t kLongestFrame = 64 << 20;

std::uint32_t big_endian_32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// Where a frame begins, or may begin with what comes next.
std::size_t frame_begin(std::string_view text) {
  const std::size_t found = text.find(kFrameMark);
  if (found != std::string_view::npos) return found;
  for (std::size_t size = std::min(kFrameMark.size() - 1, text.size()); size > 0; --size) {
    if (text.ends_with(kFrameMark.substr(0, size))) return text.size() - size;
  }
  return text.size();
}

}  // namespace

void LogStream::feed(std::string_view bytes) {
  pending_.append(bytes);
  while (!pending_.empty()) {
    if (pending_.starts_with(kFrameMark)) {
      if (!take_frame()) return;
    } else if (frame_begin(pending_) == 0) {
      return;  // a part of the mark
    } else {
      take_text();
    }
  }
}

bool LogStream::take_frame() {
  if (pending_.size() < kFrameHead) return false;
  const std::uint32_t length = big_endian_32(std::string_view(pending_).substr(4));
  if (length > kLongestFrame) {
    emit_text(std::string_view(pending_).substr(0, kFrameMark.size()));
    pending_.erase(0, kFrameMark.size());
    return true;
  }
  if (pending_.size() < kFrameHead + length) return false;
  end_line();
  emit_text(std::string_view(pending_).substr(kFrameHead, length));
  end_line();
  pending_.erase(0, kFrameHead + length);
  return true;
}

void LogStream::take_text() {
  const std::size_t end = frame_begin(pending_);
  emit_text(std::string_view(pending_).substr(0, end));
  pending_.erase(0, end);
}

void LogStream::emit_text(std::string_view text) {
  const std::size_t last = text.rfind('\n');
  if (last == std::string_view::npos) {
    line_.append(text);
    return;
  }
  line_.append(text.substr(0, last + 1));
  lines_(line_);
  line_.assign(text.substr(last + 1));
}

void LogStream::end_line() {
  if (line_.empty()) return;
  line_ += '\n';
  lines_(line_);
  line_.clear();
}

void LogStream::flush() {
  emit_text(pending_);
  pending_.clear();
  end_line();
}

}  // namespace lambda_pack
