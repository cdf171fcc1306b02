// The execution role of a function: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "deploy/aws_api.hpp"
#include "deploy/plan.hpp"

namespace lambda_pack {

// The trust policy that lets Lambda assume a role.
nlohmann::json lambda_trust_policy();

// The managed policy that lets a function write its logs; `partition` is "aws", "aws-cn", "aws-us-gov".
std::string basic_execution_policy(const std::string& partition);

// The role's state. Of an ARN only the form is looked at; a name is asked for.
RoleState read_role(AwsApi& api, const std::string& role, bool may_be_ours);

// Makes the role; its ARN.
std::string create_role(AwsApi& api, const std::string& name);

// Attaches the policy, which changes nothing where it is attached.
void attach_basic_policy(AwsApi& api, const std::string& name, const std::string& arn);

}  // namespace lambda_pack
