// What environment and configuration tell every AWS tool, as far as it matters here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "deploy/sigv4.hpp"

namespace lambda_pack {

// What a user has chosen; empty: what the AWS CLI chooses by itself.
struct AwsChoice {
  std::string profile, region;
};

// The environment variable, or an empty text.
std::string environment_value(const char* name);

// AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, or nothing; `service` is the AWS CLI's name of it
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
std::string configured_endpoint(std::string_view service);

// Whom AWS takes a request for, and where it goes.
struct AwsIdentity {
  AwsCredentials credentials;
  std::string region;
  std::string endpoint;      // of Lambda, without a slash at its end
  std::string certificates;  // the file of those to trust (AWS_CA_BUNDLE), or empty: as for all other requests
};

// The identity that the AWS CLI would use: credentials of the environment, else those that it hands out itself
// (`aws configure export-credentials`, version 2: SSO, assumed roles, everything it knows). Nothing where that is not
// certain: no credentials or region, an older CLI, or settings that only the CLI understands (certificates or endpoints
// in its configuration, FIPS, the isolated regions).
std::optional<AwsIdentity> aws_identity(const AwsChoice& choice);

}  // namespace lambda_pack
