// The names of groups and extras that a selection asks for. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace lambda_pack {

// The names in their normalised form.
std::set<std::string> normalized_names(const std::set<std::string>& names);

// Throws Error for a wanted name that is not among the known ones, with the close ones and all there are: `<file>
// has no <kind> "<name>"`.
void require_known(const std::set<std::string>& wanted, const std::vector<std::string>& known, const char* kind,
                   const std::string& file);

}  // namespace lambda_pack
