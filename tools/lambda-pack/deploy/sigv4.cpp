#include "deploy/sigv4.hpp"

#include <array>
#include <cstdint>

#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

std::string bytes_of(const Sha256& digest) { return {digest.bytes.begin(), digest.bytes.end()}; }

// RFC 2104 over SHA-256, whose blocks have 64 bytes.
Sha256 hmac(std::string_view key, std::string_view text) {
  std::array<char, 64> inner{}, outer{};
  const std::string short_key = key.size() > inner.size() ? bytes_of(sha256_of(key)) : std::string(key);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const char byte = i < short_key.size() ? short_key[i] : '\0';
    inner[i] = static_cast<char>(byte ^ 0x36);
    outer[i] = static_cast<char>(byte ^ 0x5c);
  }
  Sha256Hasher inside, outside;
  inside.update(std::string_view(inner.data(), inner.size()));
  inside.update(text);
  outside.update(std::string_view(outer.data(), outer.size()));
  outside.update(bytes_of(inside.finish()));
  return outside.finish();
}

std::string header_names(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

// The path is encoded once more, as every service but S3 has it.
std::string canonical_request(const SignableRequest& request, const std::map<std::string, std::string>& headers) {
  std::string text = request.method + "\n";
  for (const char c : request.path) text += c == '/' ? "/" : uri_encoded({&c, 1});
  text += "\n" + canonical_query(request.query) + "\n";
  for (const auto& [name, value] : headers) text += name + ":" + value + "\n";
  return text + "\n" + header_names(headers) + "\n" + sha256_of(request.body).hex();
}

Sha256 signing_key(std::string_view secret, std::string_view date, std::string_view region, std::string_view service) {
  Sha256 key = hmac("AWS4" + std::string(secret), date);
  for (const std::string_view part : {region, service, std::string_view("aws4_request")})
    key = hmac(bytes_of(key), part);
  return key;
}

}  // namespace

std::string uri_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                               c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<std::uint8_t>(c);
    if (is_unreserved) encoded += c;
    if (!is_unreserved) encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return encoded;
}

std::string canonical_query(const std::map<std::string, std::string>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += (text.empty() ? "" : "&") + uri_encoded(name) + "=" + uri_encoded(value);
  }
  return text;
}

std::map<std::string, std::string> signed_headers(const SignableRequest& request, const AwsCredentials& credentials,
                                                  std::string_view region, std::string_view service,
                                                  std::string_view time) {
  std::map<std::string, std::string> headers = request.headers;
  headers["x-amz-date"] = time;
  if (!credentials.session_token.empty()) headers["x-amz-security-token"] = credentials.session_token;
  const std::string_view date = time.substr(0, 8);
  const std::string scope =
      std::string(date) + "/" + std::string(region) + "/" + std::string(service) + "/aws4_request";
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + std::string(time) + "\n" + scope + "\n" +
                              sha256_of(canonical_request(request, headers)).hex();
  const Sha256 key = signing_key(credentials.secret_key, date, region, service);
  headers["authorization"] = "AWS4-HMAC-SHA256 Credential=" + credentials.access_key + "/" + scope +
                             ", SignedHeaders=" + header_names(headers) +
                             ", Signature=" + hmac(bytes_of(key), to_sign).hex();
  return headers;
}

}  // namespace lambda_pack
