// AWS Signature Version 4: what proves to AWS who makes a request. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace lambda_pack {

struct AwsCredentials {
  std::string access_key, secret_key;
  std::string session_token;  // of temporary credentials; empty: none
};

// A request as it will be sent.
struct SignableRequest {
  std::string method;                          // "GET"
  std::string path;                            // begins with `/`; every segment percent-encoded, once
  std::map<std::string, std::string> query;    // not encoded
  std::map<std::string, std::string> headers;  // by names in lower case; with "host"
  std::string_view body;
};

// The query as it is signed and must be sent: sorted, percent-encoded; without `?`.
std::string canonical_query(const std::map<std::string, std::string>& query);

// Everything but letters, digits, `-`, `.`, `_` and `~` as %XX (RFC 3986's unreserved characters).
std::string uri_encoded(std::string_view text);

// The headers to send: those of the request, and `authorization`, `x-amz-date`, and `x-amz-security-token` where there
// is one. `time` is UTC, "20130524T000000Z".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
std::map<std::string, std::string> signed_headers(const SignableRequest& request, const AwsCredentials& credentials,
                                                  std::string_view region, std::string_view service,
                                                  std::string_view time);

}  // namespace lambda_pack
