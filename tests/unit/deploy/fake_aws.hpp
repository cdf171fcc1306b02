// An AWS in memory: one role, one function, its versions and aliases, one bucket. As far as a deployment can tell.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "deploy/aws_api.hpp"
#include "deploy/aws_failure.hpp"
#include "deploy/function_state.hpp"

namespace lambda_pack {

class FakeAws : public AwsApi {
 public:
  using Json = nlohmann::json;

  std::vector<std::string> calls;
  // Told before each call and after it has had its effect: may throw.
  std::function<void(const AwsCall& call, std::size_t number, bool is_done)> watch = [](auto&&...) {};
  std::string failure_reason;  // not empty: every update fails in the end
  int polls_until_active = 0;  // answers "InProgress" that often after each change

  std::map<std::string, Json> roles, objects;
  std::map<std::string, bool> attached;
  Json function;  // null: there is none
  Json tags = Json::object();
  std::vector<Json> versions;
  std::map<std::string, std::string> aliases;
  std::string zip_sha256;  // CodeSha256 of what is uploaded next

  AwsAnswer call(const AwsCall& call) override {
    const std::size_t number = calls.size();
    calls.push_back(call.operation);
    watch(call, number, false);
    try {
      AwsAnswer answer{handle(call), ""};
      watch(call, number, true);
      return answer;
    } catch (const AwsFailure&) {
      watch(call, number, true);  // an answer as well
      throw;
    }
  }

  // What a deployment is to bring about, but for the number of versions.
  Json outcome() const {
    Json state = {{"roles", roles}, {"attached", attached}, {"function", function}, {"tags", tags}};
    state["function"].erase("Version");
    for (const auto& [name, version] : aliases) {
      Json target = versions.at(std::stoul(version) - 1);
      target.erase("Version");
      state["aliases"][name] = target;
    }
    return state;
  }

 private:
  static AwsFailure failure(AwsFailureKind kind, const char* code) { return {kind, code, code, ""}; }
  static AwsFailure missing() { return failure(AwsFailureKind::not_found, "ResourceNotFoundException"); }
  static AwsFailure conflict() { return failure(AwsFailureKind::conflict, "ResourceConflictException"); }

  Json handle(const AwsCall& call) {
    const std::string& name = call.operation;
    const Json& input = call.input;
    if (call.service == "iam") return role_call(name, input);
    if (call.service == "s3api") return object_call(name, input);
    if (name == "create-function") return create(input);
    if (function.is_null()) throw missing();
    if (name == "get-function") return {{"Configuration", shown(function)}, {"Tags", tags}};
    if (name == "get-function-configuration") return configuration(input);
    if (name == "tag-resource") return tags.update(input.at("Tags")), Json::object();
    if (name == "publish-version") return publish();
    if (name == "create-alias" && aliases.contains(input.at("Name"))) throw conflict();
    if (name.ends_with("-alias")) return aliases[input.at("Name")] = input.at("FunctionVersion"), Json::object();
    if (busy_polls_ > 0) throw conflict();
    return update(input);
  }

  Json role_call(const std::string& name, const Json& input) {
    const std::string role = input.at("RoleName");
    if (name == "create-role") {
      if (roles.contains(role)) throw failure(AwsFailureKind::conflict, "EntityAlreadyExists");
      roles[role] = {{"Arn", "arn:aws:iam::1:role/" + role}, {"Description", input.at("Description")}};
    }
    if (!roles.contains(role)) throw failure(AwsFailureKind::not_found, "NoSuchEntity");
    if (name == "attach-role-policy") attached[role] = true;
    if (name != "list-attached-role-policies") return {{"Role", roles.at(role)}};
    return {{"AttachedPolicies", attached[role] ? Json::array({"policy"}) : Json::array()}};
  }

  Json object_call(const std::string& name, const Json& input) {
    const std::string key = input.at("Key");
    if (name == "put-object") objects[key] = {{"ContentLength", 60'000'000}};
    if (!objects.contains(key)) throw failure(AwsFailureKind::not_found, "404");
    return objects.at(key);
  }

  Json create(const Json& input) {
    if (!function.is_null()) throw conflict();
    function = {{"FunctionArn", "arn:aws:lambda:x:1:function:f"}, {"MemorySize", 128}, {"Timeout", 3}};
    if (input.contains("Tags")) tags = input.at("Tags");
    return update(input);
  }

  Json update(const Json& input) {
    for (const auto& [key, value] : input.items()) {
      if (key != "FunctionName" && key != "Tags" && key != "Code" && key != "S3Bucket" && key != "S3Key")
        function[key] = value;
    }
    const bool has_code = !input.contains("Runtime") || !function.contains("CodeSha256");
    if (has_code && input.contains("Architectures")) function["CodeSha256"] = zip_sha256;
    busy_polls_ = polls_until_active;
    return shown(function);
  }

  Json configuration(const Json& input) {
    if (!input.contains("Qualifier")) {
      const Json now = shown(function);
      if (busy_polls_ > 0) --busy_polls_;
      return now;
    }
    const auto alias = aliases.find(input.at("Qualifier"));
    if (alias == aliases.end()) throw missing();
    return versions.at(std::stoul(alias->second) - 1);
  }

  // AWS publishes nothing when nothing has changed since the last version.
  Json publish() {
    if (busy_polls_ > 0) throw conflict();
    Json version = shown(function);
    version["Version"] = std::to_string(versions.size());
    if (versions.empty() || versions.back() != version) {
      version["Version"] = std::to_string(versions.size() + 1);
      versions.push_back(version);
    }
    return versions.back();
  }

  Json shown(Json state) const {
    state["State"] = "Active";
    state["LastUpdateStatus"] = busy_polls_ > 0 ? "InProgress" : failure_reason.empty() ? "Successful" : "Failed";
    if (!failure_reason.empty()) state["LastUpdateStatusReason"] = failure_reason;
    return state;
  }

  int busy_polls_ = 0;
};

}  // namespace lambda_pack
