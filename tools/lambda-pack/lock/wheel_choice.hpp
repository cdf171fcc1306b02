// Which of the files that a lock allows for a distribution a target gets. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lock/model.hpp"
#include "runtime/target.hpp"
#include "standards/distribution_name.hpp"
#include "standards/tags.hpp"
#include "standards/version.hpp"
#include "standards/wheel_name.hpp"

namespace lambda_pack {

// A target's tags, best first, ready for looking up. (Remembers what it was asked: one thread at a time.)
class WheelRanking {
 public:
  explicit WheelRanking(const Target& target);

  // The place of the wheel's best tag on the target, 0 the best; nothing when it does not run there.
  std::optional<std::size_t> rank(const WheelName& wheel) const;
  // The same for a file's name, of which only the tags are looked at.
  std::optional<std::size_t> rank(const std::string& file_name) const;
  const Tag& best_tag() const { return best_; }
  const Target& target() const { return target_; }

 private:
  std::optional<std::size_t> best_of(const std::vector<Tag>& tags) const;
  std::optional<std::size_t> rank_of_tags(const std::string& text) const;

  Target target_;
  Tag best_;
  std::map<Tag, std::size_t> ranks_;
  mutable std::unordered_map<std::string, std::optional<std::size_t>> seen_;  // by what stands for the tags in names
};

struct FileChoice {
  LockedFile file;
  bool build = false;  // the file is an sdist
};

// A distribution whose file is to be chosen.
struct FileQuestion {
  DistributionName name;
  std::string version;  // as the lock spells it
  Version parsed_version;
  std::vector<LockedFile> files;
  bool mixed_files = false;  // the files may be of several versions: the one in the file name decides
  bool build_allowed = false;
  bool hash_required = true;
  LockLabel lock;
};

// The wheel with the best tag on the target; among equals the highest build tag, then the first name. Without one,
// and when `build_allowed`, the sdist. Throws Error that says what the lock has and what can be done: another
// runtime or architecture that has a wheel, or SOURCE_BUILDS. On this machine the choice is the installer's: there
// the file stands for all files of the distribution and has the hashes of each, and a name only when it is the one.
FileChoice choose_file(const FileQuestion& question, const WheelRanking& ranking);

}  // namespace lambda_pack
