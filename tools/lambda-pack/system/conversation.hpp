// A program that is asked one thing after another.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "system/process.hpp"

namespace lambda_pack {

// The program runs as long as the object lives, then it is killed: it must hold nothing that needs an ending. Its
// diagnostics go nowhere. SIGPIPE must be ignored, as main has it.
class Conversation {
 public:
  // Returns at once, while the program starts. Throws Error when there is no such program; `input` does not count.
  explicit Conversation(const Command& command);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation();

  // Whether all of it was taken; not when the program has ended.
  bool say(std::string_view text);
  // Fills `text`, however long that takes; whether it could, not when the program has ended.
  bool hear(std::span<char> text);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace lambda_pack
