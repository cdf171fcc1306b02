// The Lambda API without the AWS CLI's half a second a call: signed HTTP requests through libcurl.
#pragma once

#include <memory>

#include "deploy/aws_api.hpp"
#include "deploy/aws_settings.hpp"

namespace lambda_pack {

// Calls of Lambda cost a few milliseconds beside AWS' own time, and connections are kept. What else there is (IAM, S3),
// and what AWS refuses for its credentials or its signature, goes through `cli`, whose word is final. May be called
// from several threads. Another endpoint of AwsIdentity may have a path. `profile` is for messages.
std::unique_ptr<AwsApi> lambda_over_http(AwsIdentity identity, std::string profile, AwsApi& cli);

}  // namespace lambda_pack
