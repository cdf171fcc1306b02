// What a person sees of a download: one line that is rewritten on a terminal, two plain lines in a log.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "system/status_line.hpp"

namespace lambda_pack {

class Progress {
 public:
  // `files`: to be fetched.
  explicit Progress(std::size_t files);

  // The whole size of a file, as soon as it is known; `key` tells files apart.
  void expect(const std::string& key, std::uint64_t bytes);
  // Bytes of the file that are here; `fresh` of them came just now. `name` is what the line shows.
  void received(const std::string& key, const std::string& name, std::uint64_t bytes, std::uint64_t fresh);
  // The file is in the store (also when another process put it there).
  void finished(const std::string& key, std::uint64_t bytes);
  // Takes the line off the terminal, so that something else can be said; it comes back by itself.
  void clear() { screen_.clear(); }
  // All are: the line that stays.
  void done();

 private:
  using Clock = std::chrono::steady_clock;
  struct File {
    std::uint64_t here = 0;
    std::optional<std::uint64_t> size;
  };
  void redraw(const std::string& name);
  std::string line(const std::string& name) const;

  StatusLine screen_;
  std::size_t files_;
  std::size_t finished_ = 0;
  std::map<std::string, File> known_;
  std::uint64_t received_ = 0;  // over the network, in this run
  Clock::time_point start_, drawn_;
};

}  // namespace lambda_pack
