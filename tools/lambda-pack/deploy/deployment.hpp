// Brings a function in AWS to the state that was asked for.
#pragma once

#include <string>
#include <vector>

#include "deploy/aws_api.hpp"
#include "deploy/function_state.hpp"
#include "deploy/patience.hpp"
#include "deploy/plan.hpp"

namespace lambda_pack {

struct Deployment {
  std::string arn;                   // of the function; empty when a dry run found none
  std::string alias_arn;             // of the alias, when there is one
  std::string version;               // what the alias points at
  std::vector<std::string> changes;  // the lines of the plan; empty: nothing to change
};

// Reads the state, makes the plan, shows it (on stderr; a dry run leaves that to the caller), and takes its steps one
// by one, each after AWS has finished the one before. After a failure that may pass, the state is read again: so
// whatever a cut connection has or has not done, and whatever an earlier deployment has left half done, only what is
// missing is done. Throws Error when a failure does not pass.
Deployment deploy(const DesiredFunction& function, AwsApi& api, bool dry_run, const Sleep& sleep);

}  // namespace lambda_pack
