// The AWS API through the user's own AWS CLI, v1 or v2: its credentials, profiles, SSO and proxies are the user's.
#pragma once

#include <string>

#include "deploy/aws_api.hpp"
#include "deploy/aws_settings.hpp"

namespace lambda_pack {

// A call costs 0.5 s, nearly all of it the CLI's start; in return every kind of credentials that the CLI knows works.
class AwsCli : public AwsApi {
 public:
  explicit AwsCli(AwsChoice choice);

  // The request's parameters go through a file that only this user can read and that is removed after the call, so that
  // no secret is seen in a process list. Other endpoints are taken from AWS_ENDPOINT_URL_<SERVICE> and
  // AWS_ENDPOINT_URL, which only CLIs from 2.13 and 1.29 on know themselves, and the region from AWS_REGION, which v1
  // does not look at (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
  AwsAnswer call(const AwsCall& call) override;

 private:
  AwsChoice choice_;
};

}  // namespace lambda_pack
