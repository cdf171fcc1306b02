#include "bytecode/compile_progress.hpp"

#include <fmt/format.h>

#include "system/report.hpp"

namespace lambda_pack {
namespace {

// Of wheels: what compiles in about half a second.
constexpr std::uint64_t kWorthALine = 2'000'000;

std::string wheels_text(std::size_t count) { return fmt::format("{} wheel{}", count, count == 1 ? "" : "s"); }

}  // namespace

CompileProgress::CompileProgress(std::size_t wheels, std::uint64_t bytes)
    : wheels_(wheels), is_worth_it_(bytes >= kWorthALine), start_(std::chrono::steady_clock::now()) {
  if (is_worth_it_ && !screen_.is_there()) say(fmt::format("Compiling {}", wheels_text(wheels_)));
}

void CompileProgress::begin(const std::string& wheel) {
  ++begun_;
  if (is_worth_it_) screen_.show(fmt::format("Compiling {}/{} {}", begun_, wheels_, wheel));
}

void CompileProgress::done() {
  screen_.clear();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (is_worth_it_) say(fmt::format("Compiled {} in {:.1f} s", wheels_text(wheels_), seconds));
}

}  // namespace lambda_pack
