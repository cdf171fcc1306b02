#include "archive/refusal.hpp"

#include <fmt/format.h>

#include <string>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kHint =
    "the file is damaged or not what it claims to be: fetch it again, and if that does not help, lock another "
    "version and tell the project that published it";

// A label is a file name, shown bare unless something in it needs escaping.
std::string shown(std::string_view label) {
  std::string escaped = quote(label, 300);
  return escaped.size() == label.size() + 2 ? std::string(label) : escaped;
}

}  // namespace

Error refusal(std::string_view label, std::string_view rule) {
  return Error(fmt::format("{}: {}", shown(label), rule), std::string(kHint));
}

Error refusal(std::string_view label, std::string_view entry, std::string_view rule) {
  return Error(fmt::format("{}: {}: {}", shown(label), quote(entry), rule), std::string(kHint));
}

}  // namespace lambda_pack
