#include "standards/distribution_name.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"

namespace lambda_pack {

namespace {

// packaging.python.org, "Names and normalization".
bool is_valid_name(std::string_view text) {
  if (text.empty() || !ascii::is_alphanumeric(text.front()) || !ascii::is_alphanumeric(text.back())) return false;
  for (const char c : text) {
    if (!ascii::is_alphanumeric(c) && !ascii::is_separator(c)) return false;
  }
  return true;
}

}  // namespace

std::string normalize_name(std::string_view text) {
  std::string normalized;
  normalized.reserve(text.size());
  for (const char c : text) {
    if (!ascii::is_separator(c)) {
      normalized += ascii::to_lower(c);
    } else if (normalized.empty() || normalized.back() != '-') {
      normalized += '-';
    }
  }
  return normalized;
}

DistributionName::DistributionName(std::string_view text) {
  if (!is_valid_name(text)) {
    throw Error(quote(text) + " is not the name of a distribution",
                "names consist of ASCII letters, digits, -, _ and ., and begin and end with a letter or a digit");
  }
  normalized_ = normalize_name(text);
}

}  // namespace lambda_pack
