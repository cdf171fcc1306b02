#include "store/progress.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

constexpr std::chrono::milliseconds kBetweenRedraws{80};

std::string files_text(std::size_t count) { return fmt::format("{} file{}", count, count == 1 ? "" : "s"); }

// `34.1/66.3 MB`: one unit, when both have the same.
std::string share_text(std::uint64_t part, std::uint64_t whole) {
  const std::string left = human_bytes(part), right = human_bytes(whole);
  const auto unit = right.rfind(' ');
  const bool same_unit = unit != std::string::npos && left.ends_with(right.substr(unit));
  return (same_unit ? left.substr(0, left.rfind(' ')) : left) + "/" + right;
}

}  // namespace

Progress::Progress(std::size_t files) : files_(files), start_(Clock::now()) {
  if (files_ == 0) return;  // only pages of indexes
  if (screen_.is_there()) {
    screen_.show(fmt::format("Fetching 0/{}", files_));  // until the indexes have answered
  } else {
    say(fmt::format("Fetching {}", files_text(files_)));
  }
}

void Progress::expect(const std::string& key, std::uint64_t bytes) { known_[key].size = bytes; }

void Progress::received(const std::string& key, const std::string& name, std::uint64_t bytes, std::uint64_t fresh) {
  known_[key].here = bytes;
  received_ += fresh;
  redraw(name);
}

void Progress::finished(const std::string& key, std::uint64_t bytes) {
  known_[key] = {bytes, bytes};
  ++finished_;
}

void Progress::done() {
  clear();
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  std::uint64_t bytes = 0;
  for (const auto& [key, file] : known_) bytes += file.here;
  say(fmt::format("Fetched {}, {} in {:.1f} s", files_text(files_), human_bytes(bytes), seconds));
}

void Progress::redraw(const std::string& name) {
  if (!screen_.is_there() || Clock::now() - drawn_ < kBetweenRedraws) return;
  drawn_ = Clock::now();
  screen_.show(line(name));
}

std::string Progress::line(const std::string& name) const {
  std::uint64_t here = 0, whole = 0;
  bool whole_known = known_.size() == files_;
  for (const auto& [key, file] : known_) {
    here += file.here;
    whole += file.size.value_or(0);
    whole_known = whole_known && file.size.has_value();
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const auto rate = static_cast<std::uint64_t>(seconds > 0 ? static_cast<double>(received_) / seconds : 0);
  return fmt::format("Fetching {}/{} {} {} {}/s", finished_, files_, name,
                     whole_known ? share_text(here, whole) : human_bytes(here), human_bytes(rate));
}

}  // namespace lambda_pack
