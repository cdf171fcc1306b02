#include "lock/request_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/distribution_name.hpp"

namespace lambda_pack {

std::set<std::string> normalized_names(const std::set<std::string>& names) {
  std::set<std::string> result;
  for (const auto& name : names) result.insert(normalize_name(name));
  return result;
}

void require_known(const std::set<std::string>& wanted, const std::vector<std::string>& known, const char* kind,
                   const std::string& file) {
  for (const auto& name : wanted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto close = close_names(name, known);
    throw Error(fmt::format("{} has no {} {}", file, kind, quote(name)),
                (close.empty() ? "" : "did you mean " + join(close, " or ") + "?\n") +
                    (known.empty() ? "it has none" : "it has " + join(known)));
  }
}

}  // namespace lambda_pack
