// What distributions need, and what that needs in turn. Pure.
#pragma once

#include <map>
#include <set>

#include "standards/distribution_name.hpp"

namespace lambda_pack {

using Edges = std::map<DistributionName, std::set<DistributionName>>;  // from each distribution to those it needs

// `from` and everything that the edges lead to from there.
std::set<DistributionName> closure(const std::set<DistributionName>& from, const Edges& edges);

}  // namespace lambda_pack
