// Which changes on the disk concern whom, and when they have come to rest. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "build/inputs.hpp"

namespace lambda_pack {

using Owner = std::size_t;  // who depends on a file: a number for each function
using Owners = std::set<Owner>;

// Whether a file of that name comes from an editor, an interpreter or a tool at work and is no source: backup, swap and
// lock files, caches. A change of what such a file stands for is seen by itself.
bool is_passing_file(const std::string& name);

class WatchedPaths {
 public:
  // Says anew what `owner` depends on: the files, and each entry of the folders.
  void set(Owner owner, const Inputs& inputs);

  // The owners of entry `name` of `folder`. An entry of a listed folder that nobody knows is a new file; of a folder
  // that was not listed only the known files count.
  Owners owners_of(const std::filesystem::path& folder, const std::string& name) const;

  // What all depend on.
  std::set<std::filesystem::path> folders() const;
  std::set<std::filesystem::path> files() const;
  Owners everybody() const;

 private:
  std::map<Owner, Inputs> inputs_;
};

// Changes come in bursts (an editor writes, renames, writes again; a checkout changes hundreds of files): they are
// dealt with when nothing has come for a while, or after the longest delay.
class Settling {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Settling(Clock::duration quiet = std::chrono::milliseconds(10),
                    Clock::duration longest = std::chrono::milliseconds(200))
      : quiet_(quiet), longest_(longest) {}

  void seen(const Owners& owners, Clock::time_point now);
  // When take() will have something; nothing while there is no change.
  std::optional<Clock::time_point> due() const;
  // The owners whose changes have come to rest; empty before due().
  Owners take(Clock::time_point now);

 private:
  const Clock::duration quiet_, longest_;
  Owners owners_;
  Clock::time_point first_, last_;
};

}  // namespace lambda_pack
