#include "deploy/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

std::string shown(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// Names only: values may be secrets.
std::string environment_line(const Json& before, const Json& after) {
  std::vector<std::string> changes;
  for (const auto& [name, value] : after.items()) {
    if (!before.contains(name)) changes.push_back("+ " + name);
    if (before.contains(name) && before.at(name) != value) changes.push_back("~ " + name);
  }
  for (const auto& [name, value] : before.items()) {
    if (!after.contains(name)) changes.push_back("- " + name);
  }
  return "~ environment " + join(changes);
}

std::string layers_line(const Json& before, const Json& after) {
  std::vector<std::string> changes;
  const auto add_missing = [&](const Json& from, const Json& in, const char* sign) {
    for (const Json& layer : from) {
      if (std::find(in.begin(), in.end(), layer) == in.end()) changes.push_back(sign + layer.get<std::string>());
    }
  };
  add_missing(after, before, "+ ");
  add_missing(before, after, "- ");
  return "~ layers " + (changes.empty() ? "in another order" : join(changes));
}

std::string configuration_line(const std::string& key, const Json& before, const Json& after) {
  if (key == "Environment") return environment_line(before.at("Variables"), after.at("Variables"));
  if (key == "Layers") return layers_line(before, after);
  if (key == "Description") return "~ description " + quote(shown(before)) + " → " + quote(shown(after));
  const std::string name = key == "MemorySize" ? "memory" : lowered(key);
  return "~ " + name + " " + shown(before) + " → " + shown(after);
}

bool has_code(const DesiredFunction& desired, const ActualFunction& actual) {
  return desired.code.code_sha256 == actual.code_sha256 && desired.code.architecture == actual.architecture;
}

// What `actual` lacks of the desired configuration.
Json differing_configuration(const DesiredFunction& desired, const ActualFunction& actual) {
  Json differing = Json::object();
  const Json configuration = configuration_of(desired);
  for (const auto& [key, value] : configuration.items()) {
    if (actual.configuration.at(key) != value) differing[key] = value;
  }
  return differing;
}

bool has_role(const DesiredFunction& desired, const ActualFunction& actual) {
  return desired.role.empty() || is_same_role(desired.role, actual.role);
}

bool is_as_desired(const DesiredFunction& desired, const ActualFunction& actual) {
  return has_code(desired, actual) && has_role(desired, actual) && differing_configuration(desired, actual).empty();
}

void plan_role(const DesiredFunction& desired, const RoleState& role, Plan& plan) {
  if (role.arn.empty() && !desired.create_role) {
    throw Error("there is no role " + quote(desired.role),
                "--create-role makes it (in CMake: CREATE_ROLE), or choose one of: aws iam list-roles");
  }
  plan.creates_role = role.arn.empty();
  plan.attaches_policy = plan.creates_role || (desired.create_role && role.lacks_policy);
  if (plan.creates_role) plan.lines.push_back("+ role " + desired.role);
  if (plan.attaches_policy) plan.lines.push_back("+ policy AWSLambdaBasicExecutionRole of role " + desired.role);
}

void plan_creation(const DesiredFunction& desired, Plan& plan) {
  if (desired.role.empty()) {
    throw Error("there is no function " + desired.name + " yet, and to create it takes an execution role",
                "--role NAME --create-role makes one (in CMake: ROLE <name> CREATE_ROLE); in another region or "
                "account, the function may be there: --region, --profile");
  }
  plan.creates = true;
  std::vector<std::string> facts{desired.code.runtime, desired.code.architecture, human_bytes(desired.code.size)};
  if (desired.memory) facts.push_back(fmt::format("memory {}", *desired.memory));
  if (desired.timeout) facts.push_back(fmt::format("timeout {}", *desired.timeout));
  plan.lines.push_back("+ function " + desired.name + " (" + join(facts) + ")");
  if (desired.environment && !desired.environment->empty()) {
    plan.lines.push_back(environment_line(Json::object(), *desired.environment));
  }
}

void plan_update(const DesiredFunction& desired, const ActualFunction& actual, Plan& plan) {
  if (desired.code.code_sha256 != actual.code_sha256) {
    plan.lines.push_back("~ code " + human_bytes(actual.code_size) + " → " + human_bytes(desired.code.size));
  }
  if (desired.code.architecture != actual.architecture) {
    plan.lines.push_back("~ architecture " + actual.architecture + " → " + desired.code.architecture);
  }
  plan.updates_code = !has_code(desired, actual);
  plan.configuration = differing_configuration(desired, actual);
  for (const auto& [key, value] : plan.configuration.items()) {
    plan.lines.push_back(configuration_line(key, actual.configuration.at(key), value));
  }
  plan.updates_role = !has_role(desired, actual);
  if (plan.updates_role) plan.lines.push_back("~ role " + actual.role + " → " + desired.role);
  for (const auto& [key, value] : desired.tags) {
    const auto before = actual.tags.find(key);
    if (before != actual.tags.end() && before->second == value) continue;
    plan.tags[key] = value;
    plan.lines.push_back(before == actual.tags.end() ? "+ tag " + key + "=" + value
                                                     : "~ tag " + key + " " + before->second + " → " + value);
  }
}

void plan_alias(const DesiredFunction& desired, const std::optional<ActualFunction>& target, Plan& plan) {
  if (desired.alias.empty() || (target && is_as_desired(desired, *target))) return;
  plan.moves_alias = true;
  plan.creates_alias = !target;
  plan.lines.push_back(target ? "~ alias " + desired.alias + " " + target->version + " → a new version"
                              : "+ alias " + desired.alias + " of a new version");
}

}  // namespace

bool needs_role(const DesiredFunction& desired, const std::optional<ActualFunction>& actual) {
  return !desired.role.empty() && (!actual || !has_role(desired, *actual));
}

Plan make_plan(const DesiredFunction& desired, const DeployedState& state) {
  Plan plan;
  if (state.role) plan_role(desired, *state.role, plan);
  if (!state.function) plan_creation(desired, plan);
  if (state.function) plan_update(desired, *state.function, plan);
  plan_alias(desired, state.alias_target, plan);
  return plan;
}

}  // namespace lambda_pack
