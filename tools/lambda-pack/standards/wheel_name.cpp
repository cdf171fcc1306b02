#include "standards/wheel_name.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/cursor.hpp"

namespace lambda_pack {

namespace {

constexpr std::string_view kWheelSuffix = ".whl";
constexpr std::string_view kSdistSuffixes[] = {".tar.gz", ".zip"};

std::optional<DistributionName> name_from(std::string_view text) {
  try {
    return DistributionName(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<std::vector<Tag>> tags_from(std::string_view text) {
  try {
    return parse_tags(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Old tools wrote the `-` of `1.0-1` as `_`.
std::optional<Version> version_from(std::string_view text) {
  if (auto version = Version::parse(text)) return version;
  std::string dashed(text);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  return Version::parse(dashed);
}

// A number, kept in its range, and what follows it; nothing when it doesn't begin with a digit.
std::optional<std::pair<std::uint64_t, std::string>> build_from(std::string_view text) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  Cursor in(text);
  const std::string_view digits = in.take_while(ascii::is_digit);
  if (digits.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    number = number > (kLargest - digit) / 10 ? kLargest : number * 10 + digit;
  }
  return std::pair(number, std::string(in.rest()));
}

}  // namespace

std::optional<WheelName> WheelName::parse(std::string_view file_name) {
  if (!file_name.ends_with(kWheelSuffix)) return std::nullopt;
  const std::string_view stem = file_name.substr(0, file_name.size() - kWheelSuffix.size());
  const auto parts = split(stem, '-');
  if (parts.size() != 5 && parts.size() != 6) return std::nullopt;

  auto name = name_from(parts[0]);
  auto version = version_from(parts[1]);
  auto build = parts.size() == 6 ? build_from(parts[2]) : std::pair<std::uint64_t, std::string>();
  if (!name || !version || !build) return std::nullopt;
  const std::size_t before_tags = static_cast<std::size_t>(parts[parts.size() - 3].data() - stem.data());
  auto tags = tags_from(stem.substr(before_tags));
  if (!tags) return std::nullopt;
  return WheelName{std::string(file_name), *std::move(name), *std::move(version), *std::move(build), *std::move(tags)};
}

std::optional<Version> sdist_version(std::string_view file_name, const DistributionName& name) {
  const auto suffix = std::find_if(std::begin(kSdistSuffixes), std::end(kSdistSuffixes),
                                   [&](std::string_view known) { return file_name.ends_with(known); });
  if (suffix == std::end(kSdistSuffixes)) return std::nullopt;
  const std::string_view stem = file_name.substr(0, file_name.size() - suffix->size());
  for (std::size_t dash = stem.find('-'); dash != std::string_view::npos; dash = stem.find('-', dash + 1)) {
    if (normalize_name(stem.substr(0, dash)) != name.str()) continue;
    if (auto version = version_from(stem.substr(dash + 1))) return version;
  }
  return std::nullopt;
}

}  // namespace lambda_pack
