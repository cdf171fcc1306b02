// The one exception type of the program.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace lambda_pack {

// What is wrong (`what()`, one line that names the file and the thing) and what to do about it (`hint()`,
// may be empty, may have several lines). Thrown where the fact is known, printed once, in main.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, std::string hint = {}) : std::runtime_error(what), hint_(std::move(hint)) {}

  const std::string& hint() const noexcept { return hint_; }

  // The same error told from further up: `while <stage>: <what>`, hint unchanged.
  Error within(std::string_view stage) const { return Error("while " + std::string(stage) + ": " + what(), hint_); }

 private:
  std::string hint_;
};

}  // namespace lambda_pack
