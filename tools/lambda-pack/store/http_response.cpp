#include "store/http_response.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

// The number at the beginning of `text`, which is shortened by it.
template <typename Number>
std::optional<Number> take_number(std::string_view& text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string_view reason(long status) {
  switch (status) {
    case 400: return " Bad Request";
    case 401: return " Unauthorized";
    case 403: return " Forbidden";
    case 404: return " Not Found";
    case 407: return " Proxy Authentication Required";
    case 408: return " Request Timeout";
    case 410: return " Gone";
    case 429: return " Too Many Requests";
    case 500: return " Internal Server Error";
    case 502: return " Bad Gateway";
    case 503: return " Service Unavailable";
    case 504: return " Gateway Timeout";
    default: return "";
  }
}

}  // namespace

void ResponseHead::add(std::string_view line) {
  line = trimmed(line);
  if (line.starts_with("HTTP/")) {
    *this = {};
    line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
    status = take_number<long>(line).value_or(0);
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = lowered(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (name == "etag") etag = value;
  if (name == "last-modified") last_modified = value;
  if (name == "location") location = value;
  if (name == "content-range") content_range = value;
  if (name == "content-type") content_type = lowered(trimmed(value.substr(0, value.find(';'))));
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_passing(long status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

std::string status_text(long status) { return std::to_string(status) + std::string(reason(status)); }

bool is_strong_etag(std::string_view etag) { return !etag.empty() && !etag.starts_with("W/"); }

std::optional<std::uint64_t> range_start(std::string_view content_range) {
  if (!lowered(content_range).starts_with("bytes ")) return std::nullopt;
  content_range = trimmed(content_range.substr(6));
  const auto first = take_number<std::uint64_t>(content_range);
  return first && content_range.starts_with('-') ? first : std::nullopt;
}

}  // namespace lambda_pack
