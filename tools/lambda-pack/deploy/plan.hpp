// From what is and what shall be to what has to be done. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "deploy/function_state.hpp"

namespace lambda_pack {

// The execution role, looked up when a function is to get it.
struct RoleState {
  std::string arn;            // empty: there is none of that name
  bool lacks_policy = false;  // made by an earlier deployment that was cut off before it could write logs
};

// Everything that was read from AWS.
struct DeployedState {
  std::optional<ActualFunction> function;      // nothing: there is none of that name
  std::optional<ActualFunction> alias_target;  // the version that the alias points at; nothing: there is no alias
  std::optional<RoleState> role;               // nothing: not looked up
};

struct Plan {
  bool creates_role = false, attaches_policy = false;
  bool creates = false;       // the function
  bool updates_code = false;  // architecture included
  bool updates_role = false;
  nlohmann::json configuration = nlohmann::json::object();  // the parameters that differ
  std::map<std::string, std::string> tags;                  // those that differ
  bool moves_alias = false;                                 // to a version that is published for it
  bool creates_alias = false;
  std::vector<std::string> lines;  // for people: "~ memory 128 → 256"; no value of an environment variable

  bool updates_configuration() const { return updates_role || !configuration.empty(); }
  bool is_empty() const { return lines.empty(); }
};

// Whether the role must be looked up before a plan can be made.
bool needs_role(const DesiredFunction& desired, const std::optional<ActualFunction>& actual);

// Throws Error when the function must be created and no role is given, or the role is missing and may not be made.
Plan make_plan(const DesiredFunction& desired, const DeployedState& state);

}  // namespace lambda_pack
