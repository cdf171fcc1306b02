// What a person sees while wheels are compiled: one line that is rewritten on a terminal, two plain lines in a log;
// nothing for small ones, which take no time. Private to this room.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "system/status_line.hpp"

namespace lambda_pack {

class CompileProgress {
 public:
  // `wheels` will be compiled, `bytes` together.
  CompileProgress(std::size_t wheels, std::uint64_t bytes);

  // The next one begins.
  void begin(const std::string& wheel);
  // All are: the line that stays.
  void done();

 private:
  std::size_t wheels_;
  bool is_worth_it_;
  std::size_t begun_ = 0;
  StatusLine screen_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace lambda_pack
