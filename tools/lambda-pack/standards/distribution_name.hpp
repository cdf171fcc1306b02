// Names of distributions, extras and groups.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace lambda_pack {

// `text` normalised by PEP 503: lower case, each run of `-`, `_`, `.` one `-`. Serves extras (PEP 685) and
// dependency groups (PEP 735) too.
std::string normalize_name(std::string_view text);

// A distribution's name in its normalised form, so that two spellings of one name are equal.
class DistributionName {
 public:
  DistributionName() = default;
  // Throws Error when `text` is no valid name (PEP 508: letters, digits, `-_.`, alphanumeric at both ends).
  explicit DistributionName(std::string_view text);

  const std::string& str() const noexcept { return normalized_; }
  auto operator<=>(const DistributionName&) const = default;

 private:
  std::string normalized_;
};

}  // namespace lambda_pack
