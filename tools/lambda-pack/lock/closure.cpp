#include "lock/closure.hpp"

#include <deque>

namespace lambda_pack {

std::set<DistributionName> closure(const std::set<DistributionName>& from, const Edges& edges) {
  std::set<DistributionName> seen = from;
  std::deque<DistributionName> queue(from.begin(), from.end());
  for (; !queue.empty(); queue.pop_front()) {
    const auto found = edges.find(queue.front());
    if (found == edges.end()) continue;
    for (const DistributionName& needed : found->second) {
      if (seen.insert(needed).second) queue.push_back(needed);
    }
  }
  return seen;
}

}  // namespace lambda_pack
