#include "lock/layer_selection.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "lock/wheel_choice.hpp"

namespace lambda_pack {
namespace {

// One distribution in the selections that have it.
using Places = std::vector<std::pair<std::size_t, SelectedDistribution*>>;

bool is_pure(const WheelName& wheel) {
  return std::all_of(wheel.tags.begin(), wheel.tags.end(), [](const Tag& tag) { return tag.platform == "any"; });
}

bool runs_everywhere(const WheelName& wheel, const Places& places, const std::vector<WheelRanking>& rankings) {
  return std::all_of(places.begin(), places.end(),
                     [&](const auto& place) { return rankings[place.first].rank(wheel).has_value(); });
}

// The file among those of the places that all of them can share, or null.
const SelectedDistribution* common_one(const Places& places, const std::vector<WheelRanking>& rankings) {
  for (const auto& [at, one] : places) {
    const std::optional<WheelName> wheel = WheelName::parse(one->file.name);
    if (wheel && !is_pure(*wheel) && runs_everywhere(*wheel, places, rankings)) return one;
  }
  return nullptr;
}

}  // namespace

Selection joined_architectures(const std::vector<Selection>& selections, const std::string& lock) {
  Selection joined = selections.front();
  for (const Selection& selection : selections) {
    for (const SelectedDistribution& one : selection.distributions) {
      const auto at = std::lower_bound(joined.distributions.begin(), joined.distributions.end(), one.name,
                                       [](const auto& left, const auto& name) { return left.name < name; });
      if (at == joined.distributions.end() || at->name != one.name) {
        joined.distributions.insert(at, one);
      } else if (*at != one) {
        throw Error(lock + " has " + at->name.str() + " " + at->version + " for " + joined.architecture + " and " +
                        one.version + " for " + selection.architecture + ", and a layer has one place for both",
                    "make one layer for each of the ARCHITECTURES");
      }
    }
    for (const std::string& warning : selection.warnings) {
      if (std::find(joined.warnings.begin(), joined.warnings.end(), warning) == joined.warnings.end()) {
        joined.warnings.push_back(warning);
      }
    }
  }
  return joined;
}

void share_files(std::vector<Selection>& selections, const std::vector<Target>& targets) {
  std::vector<WheelRanking> rankings(targets.begin(), targets.end());
  std::map<std::pair<DistributionName, std::string>, Places> all;
  for (std::size_t i = 0; i < selections.size(); ++i) {
    for (SelectedDistribution& one : selections[i].distributions) {
      if (!one.build) all[{one.name, one.version}].emplace_back(i, &one);
    }
  }
  for (const auto& [key, places] : all) {
    const SelectedDistribution* const common = common_one(places, rankings);
    if (common == nullptr) continue;
    const LockedFile file = common->file;
    for (const auto& [at, one] : places) one->file = file;
  }
}

}  // namespace lambda_pack
