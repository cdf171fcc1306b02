#include "commands/deployed_function.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/layers.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

std::map<std::string, std::string> key_values(const std::vector<std::string>& pairs, const char* flag) {
  std::map<std::string, std::string> values;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(std::string(flag) + " must be KEY=VALUE; got " + quote(pair), "--tag team=payments");
    }
    values[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return values;
}

}  // namespace

fs::path manifest_of(const Settings& settings) {
  if (!settings.manifest.empty()) return settings.manifest;
  if (settings.output.empty()) throw Error("no zip is named", "--output my_lambda.zip, with its manifest beside it");
  return settings.output.string() + ".json";
}

DesiredFunction described_function(const Settings& settings, const fs::path& manifest,
                                   std::vector<std::string>& late_variables) {
  DesiredFunction function;
  function.code = read_code_package(manifest);
  function.name = settings.function_name.empty() ? function.code.name : settings.function_name;
  function.role = settings.role;
  function.create_role = settings.create_role;
  function.memory = settings.memory;
  function.timeout = settings.timeout;
  function.description = settings.description;
  function.tags = key_values(settings.tags, "--tag");
  function.alias = settings.alias;
  function.s3_bucket = settings.s3_bucket;
  // Those of the build come first: published by `deploy`, or given to `handoff` by their ARNs.
  std::vector<std::string> layers = settings.layer_arns;
  for (const std::string& external : settings.external_layers) layers.push_back(external_layer(external).arn);
  if (!layers.empty()) function.layers = layers;
  std::vector<std::string> fixed;
  for (const std::string& variable : settings.environment) {
    (variable.find('=') == std::string::npos ? late_variables : fixed).push_back(variable);
  }
  if (!settings.environment.empty()) function.environment = key_values(fixed, "--env");
  return function;
}

DesiredFunction deployable_function(const Settings& settings) {
  std::vector<std::string> late_variables, missing;
  DesiredFunction function = described_function(settings, manifest_of(settings), late_variables);
  for (const std::string& name : late_variables) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) missing.push_back(name);
    if (value != nullptr) (*function.environment)[name] = value;
  }
  if (missing.empty()) return function;
  throw Error("not set in the environment: " + join(missing) + ", which " + function.name + " takes from it",
              "export " + missing.front() + "=…, then deploy");
}

std::vector<LayerPackage> layers_of(const Settings& settings) {
  std::vector<LayerPackage> layers;
  for (const std::string& manifest : settings.layer_manifests) {
    const Layer layer = read_layer(manifest);
    layers.push_back({layer.layer_name, layer.manifest.parent_path() / layer.zip, layer.size, layer.sha256,
                      layer.name + "/" + layer.sha256 + ".zip", layer.runtimes, layer.architectures});
  }
  return layers;
}

AwsChoice aws_choice(const Settings& settings) { return {settings.profile, settings.region}; }

}  // namespace lambda_pack
