#include "deploy/handoff_templates.hpp"

#include "deploy/role.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::ordered_json;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A logical ID has letters and digits only: "my_lambda" is MyLambda, "API_KEY" is ApiKey.
std::string logical_id(const std::string& name) {
  const bool has_lower = name.find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos;
  std::string id;
  bool begins_word = true;
  for (const char c : name) {
    if (is_letter(c) || is_digit(c)) id += begins_word ? upper(c) : has_lower ? c : lower(c);
    begins_word = !is_letter(c) && !is_digit(c);
  }
  return id.empty() || is_digit(id.front()) ? "Function" + id : id;
}

Json reference(const std::string& id) { return {{"Ref", id}}; }

Json role_reference(const std::string& role) {
  if (is_arn(role)) return role;
  return {{"Fn::Sub", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/" + role}};
}

struct Template {
  explicit Template(const HandoffRequest& request) : request(request), function(request.function) {}

  // The properties that both kinds of function spell alike; late variables become parameters that are not shown.
  Json common_properties() {
    Json properties = {{"FunctionName", function.name},
                       {"Runtime", function.code.runtime},
                       {"Architectures", Json::array({function.code.architecture})},
                       {"Handler", function.code.handler}};
    if (function.memory) properties["MemorySize"] = *function.memory;
    if (function.timeout) properties["Timeout"] = *function.timeout;
    if (function.description) properties["Description"] = *function.description;
    if (function.layers) properties["Layers"] = *function.layers;
    Json variables = Json::object();
    if (function.environment) variables = *function.environment;
    for (const std::string& name : request.late_variables) {
      parameters[id + logical_id(name)] = {{"Type", "String"}, {"NoEcho", true}};
      variables[name] = reference(id + logical_id(name));
    }
    if (!variables.empty()) properties["Environment"] = {{"Variables", variables}};
    return properties;
  }

  Json document(const char* transform) const {
    Json result = {{"AWSTemplateFormatVersion", "2010-09-09"}};
    if (transform != nullptr) result["Transform"] = transform;
    if (!parameters.empty()) result["Parameters"] = parameters;
    result["Resources"] = resources;
    return result;
  }

  const HandoffRequest& request;
  const DesiredFunction& function;
  const std::string id = logical_id(function.code.name);
  Json parameters = Json::object(), resources = Json::object();
};

Json cloudformation_role(Template& stack) {
  const DesiredFunction& function = stack.function;
  if (function.role.empty()) {
    stack.parameters[stack.id + "RoleArn"] = {{"Type", "String"}};
    return reference(stack.id + "RoleArn");
  }
  if (!function.create_role) return role_reference(function.role);
  const std::string role = stack.id + "Role";
  stack.resources[role] = {
      {"Type", "AWS::IAM::Role"},
      {"Properties",
       {{"RoleName", function.role},
        {"AssumeRolePolicyDocument", lambda_trust_policy()},
        {"ManagedPolicyArns", Json::array({{{"Fn::Sub", basic_execution_policy("${AWS::Partition}")}}})}}}};
  return {{"Fn::GetAtt", Json::array({role, "Arn"})}};
}

// A version's resource is for one content: another zip is another resource, and the one before stays in AWS.
void add_alias(Template& stack) {
  const std::string version = stack.id + "Version" + stack.function.code.sha256.substr(0, 16);
  stack.resources[version] = {
      {"Type", "AWS::Lambda::Version"},
      {"DeletionPolicy", "Retain"},
      {"UpdateReplacePolicy", "Retain"},
      {"Properties", {{"FunctionName", reference(stack.id)}, {"CodeSha256", stack.function.code.code_sha256}}}};
  stack.resources[stack.id + "Alias"] = {{"Type", "AWS::Lambda::Alias"},
                                         {"Properties",
                                          {{"FunctionName", reference(stack.id)},
                                           {"FunctionVersion", {{"Fn::GetAtt", Json::array({version, "Version"})}}},
                                           {"Name", stack.function.alias}}}};
}

}  // namespace

Json cloudformation_template(const HandoffRequest& request) {
  Template stack(request);
  const DesiredFunction& function = stack.function;
  Json properties = stack.common_properties();
  properties["Role"] = cloudformation_role(stack);
  Json bucket = function.s3_bucket;
  if (function.s3_bucket.empty()) {
    stack.parameters[stack.id + "CodeBucket"] = {{"Type", "String"}};
    bucket = reference(stack.id + "CodeBucket");
  }
  properties["Code"] = {{"S3Bucket", bucket}, {"S3Key", function.code.s3_key}};
  Json tags = Json::array();
  for (const auto& [key, value] : function.tags) tags.push_back({{"Key", key}, {"Value", value}});
  if (!tags.empty()) properties["Tags"] = tags;
  stack.resources[stack.id] = {{"Type", "AWS::Lambda::Function"}, {"Properties", properties}};
  if (!function.alias.empty()) add_alias(stack);
  return stack.document(nullptr);
}

Json sam_template(const HandoffRequest& request, const std::string& code_uri) {
  Template stack(request);
  const DesiredFunction& function = stack.function;
  Json properties = stack.common_properties();
  properties["CodeUri"] = code_uri;
  // Without one, SAM makes a role by itself.
  if (!function.role.empty() && !function.create_role) properties["Role"] = role_reference(function.role);
  if (!function.tags.empty()) properties["Tags"] = function.tags;
  if (!function.alias.empty()) properties["AutoPublishAlias"] = function.alias;
  stack.resources[stack.id] = {{"Type", "AWS::Serverless::Function"}, {"Properties", properties}};
  return stack.document("AWS::Serverless-2016-10-31");
}

}  // namespace lambda_pack
