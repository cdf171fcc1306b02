#include "store/url.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string encoded_leniently(std::string_view text) {
  std::string result;
  for (const unsigned char byte : text) {
    if (byte <= 0x20 || byte >= 0x7f) {
      result += fmt::format("%{:02X}", byte);
    } else {
      result += static_cast<char>(byte);
    }
  }
  return result;
}

std::string percent_encoded_path(std::string_view path) {
  std::string result;
  for (const unsigned char byte : path) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       std::string_view("/-._~").find(static_cast<char>(byte)) != std::string_view::npos;
    if (plain) {
      result += static_cast<char>(byte);
    } else {
      result += fmt::format("%{:02X}", byte);
    }
  }
  return result;
}

std::string part(CURLU* handle, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(handle, which, &text, flags) != CURLUE_OK || text == nullptr) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
  return text;
}

// What may be printed of a text that did not parse: nothing before an `@`, nothing after `?`.
std::string without_secrets(std::string_view text) {
  const auto at = text.rfind('@');
  if (at != std::string_view::npos) text.remove_prefix(at + 1);
  return quote(text.substr(0, text.find_first_of("?#")));
}

Url from_handle(CURLU* handle, std::string_view text) {
  Url url;
  url.scheme = lowered(part(handle, CURLUPART_SCHEME));
  if (url.scheme != "http" && url.scheme != "https" && url.scheme != "file") {
    throw Error(fmt::format("{} is no http, https or file URL", without_secrets(text)));
  }
  url.user = part(handle, CURLUPART_USER, CURLU_URLDECODE);
  url.password = part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE);
  url.host = lowered(part(handle, CURLUPART_HOST));
  if (!url.is_file()) url.port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  url.path = part(handle, CURLUPART_PATH);
  url.query = part(handle, CURLUPART_QUERY);
  url.fragment = part(handle, CURLUPART_FRAGMENT);
  return url;
}

bool is_default_port(const Url& url) {
  return url.port.empty() || (url.scheme == "https" ? url.port == "443" : url.port == "80");
}

std::string address(const Url& url) {
  return fmt::format("{}://{}{}{}", url.scheme, url.host, is_default_port(url) ? "" : ":" + url.port, url.path);
}

}  // namespace

Url Url::parse(std::string_view text) {
  const Handle handle(curl_url(), &curl_url_cleanup);
  const std::string encoded = encoded_leniently(trimmed(text));
  // CURLU_NON_SUPPORT_SCHEME: the scheme is judged here, so that the error is ours.
  if (!looks_like_url(encoded) ||
      curl_url_set(handle.get(), CURLUPART_URL, encoded.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    throw Error(fmt::format("{} is no URL", without_secrets(text)));
  }
  return from_handle(handle.get(), text);
}

Url Url::resolved(std::string_view reference) const {
  const Handle handle(curl_url(), &curl_url_cleanup);
  const std::string encoded = encoded_leniently(trimmed(reference));
  if (curl_url_set(handle.get(), CURLUPART_URL, request().c_str(), 0) != CURLUE_OK ||
      curl_url_set(handle.get(), CURLUPART_URL, encoded.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    throw Error(fmt::format("{} on {} is no URL", without_secrets(reference), shown()));
  }
  return from_handle(handle.get(), reference);
}

std::string Url::request() const { return query.empty() ? address(*this) : address(*this) + "?" + query; }

std::string Url::shown() const { return address(*this); }

std::string Url::origin() const { return fmt::format("{}://{}:{}", scheme, host, port); }

std::string Url::file_name() const { return percent_decoded(std::string_view(path).substr(path.rfind('/') + 1)); }

std::filesystem::path Url::local_path() const { return percent_decoded(path); }

bool looks_like_url(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2) return false;  // a single letter is a drive, no scheme
  return text.substr(colon).starts_with("://") || lowered(text.substr(0, colon)) == "file";
}

Url file_url(const std::filesystem::path& path) {
  Url url;
  url.scheme = "file";
  url.path = percent_encoded_path(path.string());
  return url;
}

}  // namespace lambda_pack
