#include "deploy/role.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "deploy/aws_failure.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

// By it, a later deployment knows that the policy is its own business.
constexpr const char* kOurDescription = "Execution role of a Lambda function, made by lambda-pack";

}  // namespace

Json lambda_trust_policy() {
  return {{"Version", "2012-10-17"},
          {"Statement", Json::array({{{"Effect", "Allow"},
                                      {"Principal", {{"Service", "lambda.amazonaws.com"}}},
                                      {"Action", "sts:AssumeRole"}}})}};
}

std::string basic_execution_policy(const std::string& partition) {
  return "arn:" + partition + ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
}

RoleState read_role(AwsApi& api, const std::string& role, bool may_be_ours) {
  if (is_arn(role)) {
    if (!may_be_ours) return {role, false};
    throw Error("a role is made by its name; got the ARN " + quote(role), "give the name, or leave out --create-role");
  }
  try {
    const Json found = api.call({"iam", "get-role", {{"RoleName", role}}, "", {}, false}).output.at("Role");
    RoleState state{found.at("Arn"), false};
    if (may_be_ours && found.value("Description", "") == kOurDescription) {
      const AwsCall list{"iam", "list-attached-role-policies", {{"RoleName", role}}, "", {}, false};
      state.lacks_policy = api.call(list).output.value("AttachedPolicies", Json::array()).empty();
    }
    return state;
  } catch (const AwsFailure& failure) {
    if (failure.kind() != AwsFailureKind::not_found) throw;
    return {};
  }
}

std::string create_role(AwsApi& api, const std::string& name) {
  const Json input = {
      {"RoleName", name}, {"Description", kOurDescription}, {"AssumeRolePolicyDocument", lambda_trust_policy().dump()}};
  return api.call({"iam", "create-role", input, "", {}, false}).output.at("Role").at("Arn");
}

void attach_basic_policy(AwsApi& api, const std::string& name, const std::string& arn) {
  const std::string partition(split(arn, ':').at(1));
  const Json input = {{"RoleName", name}, {"PolicyArn", basic_execution_policy(partition)}};
  api.call({"iam", "attach-role-policy", input, "", {}, false});
}

}  // namespace lambda_pack
