#include "bundle/metadata.hpp"

#include <vector>

#include "base/text.hpp"

namespace lambda_pack {

std::string declared_license(std::string_view metadata) {
  constexpr std::string_view kClassifier = "License :: ";
  std::string license;
  std::vector<std::string> classifiers;
  for (std::string_view line : split(metadata, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;  // the description follows
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') continue;
    const std::string field = lowered(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (field == "license-expression") return std::string(value);
    if (field == "license" && value.size() <= 100 && value != "UNKNOWN") license = value;
    if (field == "classifier" && value.starts_with(kClassifier)) {
      classifiers.emplace_back(value.substr(value.rfind(" :: ") + 4));
    }
  }
  return license.empty() ? join(classifiers, " AND ") : license;
}

}  // namespace lambda_pack
