// An invocation of the function that runs in AWS.
#pragma once

#include <string>

#include "deploy/aws_api.hpp"

namespace lambda_pack {

struct RemoteInvocation {
  std::string response;        // the function's, or the error object
  std::string function_error;  // "Handled", "Unhandled"; empty when the function succeeded
  std::string log;             // the last 4 KB of it
};

// Invokes once and waits (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). `qualifier` is a version or
// an alias; empty: $LATEST. An empty payload is none.
RemoteInvocation invoke_remotely(AwsApi& api, const std::string& name, const std::string& qualifier,
                                 const std::string& payload);

}  // namespace lambda_pack
