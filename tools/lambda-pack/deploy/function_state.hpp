// A function as it shall be, and as AWS has it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "deploy/code_package.hpp"

namespace lambda_pack {

// What was said about the function; what was not is left as it is in AWS.
struct DesiredFunction {
  std::string name;
  CodePackage code;
  std::string role;                    // ARN or name; empty: as it is
  bool create_role = false;            // make the role when there is none of that name
  std::optional<int> memory, timeout;  // MB, seconds
  std::optional<std::string> description;
  std::optional<std::map<std::string, std::string>> environment;  // all of it; values may be secrets
  std::optional<std::vector<std::string>> layers;                 // ARNs of versions, in order
  std::map<std::string, std::string> tags;
  std::string alias;      // points at a published version of this state; empty: no version is published
  std::string s3_bucket;  // for zips above kDirectUploadLimit
};

// The parameters of UpdateFunctionConfiguration that are decided, in the API's spelling, but for the role, which may be
// a name: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
nlohmann::json configuration_of(const DesiredFunction& function);

struct ActualFunction {
  std::string arn, version, code_sha256, architecture, role;
  std::uint64_t code_size = 0;
  nlohmann::json configuration;  // with all keys that configuration_of may have
  std::map<std::string, std::string> tags;
  std::string state, last_update_status, reason;  // "Active", "Successful"; the reason of a failure

  // Whether AWS is still busy with it, so that it refuses further updates.
  bool is_settling() const { return state == "Pending" || last_update_status == "InProgress"; }
};

// Reads a FunctionConfiguration, the answer of GetFunctionConfiguration and of every update. What an older or imitated
// API leaves out counts as empty.
ActualFunction actual_function(const nlohmann::json& configuration);

// Whether `role`, an ARN or a name, is the one with this ARN.
bool is_same_role(const std::string& role, const std::string& arn);
bool is_arn(const std::string& text);

}  // namespace lambda_pack
