#include "deploy/function_state.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_string() ? "" : found->get<std::string>();
}

Json normal_configuration(const Json& answer) {
  Json layers = Json::array();
  for (const Json& layer : answer.value("Layers", Json::array())) layers.push_back(text_of(layer, "Arn"));
  Json variables = Json::object();
  if (const auto environment = answer.find("Environment"); environment != answer.end() && environment->is_object()) {
    variables = environment->value("Variables", Json::object());
  }
  return {{"Runtime", text_of(answer, "Runtime")},
          {"Handler", text_of(answer, "Handler")},
          {"MemorySize", answer.value("MemorySize", 0)},
          {"Timeout", answer.value("Timeout", 0)},
          {"Description", text_of(answer, "Description")},
          {"Environment", {{"Variables", variables}}},
          {"Layers", layers}};
}

}  // namespace

Json configuration_of(const DesiredFunction& function) {
  Json configuration = {{"Runtime", function.code.runtime}, {"Handler", function.code.handler}};
  if (function.memory) configuration["MemorySize"] = *function.memory;
  if (function.timeout) configuration["Timeout"] = *function.timeout;
  if (function.description) configuration["Description"] = *function.description;
  if (function.environment) configuration["Environment"] = {{"Variables", *function.environment}};
  if (function.layers) configuration["Layers"] = *function.layers;
  return configuration;
}

ActualFunction actual_function(const Json& answer) {
  ActualFunction function;
  function.arn = text_of(answer, "FunctionArn");
  function.version = text_of(answer, "Version");
  function.code_sha256 = text_of(answer, "CodeSha256");
  const auto architectures = answer.find("Architectures");
  const bool is_said = architectures != answer.end() && architectures->is_array() && !architectures->empty();
  function.architecture = is_said ? architectures->front().get<std::string>() : "x86_64";
  function.role = text_of(answer, "Role");
  function.code_size = answer.value("CodeSize", std::uint64_t{0});
  function.configuration = normal_configuration(answer);
  function.state = text_of(answer, "State");
  function.last_update_status = text_of(answer, "LastUpdateStatus");
  const bool failed = function.last_update_status == "Failed";
  function.reason = text_of(answer, failed ? "LastUpdateStatusReason" : "StateReason");
  return function;
}

bool is_arn(const std::string& text) { return text.starts_with("arn:"); }

bool is_same_role(const std::string& role, const std::string& arn) {
  return is_arn(role) ? role == arn : arn.ends_with("/" + role);
}

}  // namespace lambda_pack
