#include "deploy/handoff.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "deploy/handoff_templates.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, HandoffFormat>, 5> kFormats{{
    {"terraform", HandoffFormat::terraform},
    {"sam", HandoffFormat::sam},
    {"cloudformation", HandoffFormat::cloudformation},
    {"cdk", HandoffFormat::cdk},
    {"aws-cli", HandoffFormat::aws_cli},
}};

std::string zip_from(const HandoffRequest& request, const fs::path& folder) {
  return request.function.code.zip.lexically_relative(folder).generic_string();
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string doubled(std::string text, std::string_view opening) {
  for (std::size_t at = 0; (at = text.find(opening, at)) != std::string::npos; at += opening.size() + 1) {
    text.insert(at, 1, opening.front());
  }
  return text;
}

// In Terraform's JSON every string is a template, where `$${` stands for `${` and `%%{` for `%{`:
// https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
Json literal(Json value) {
  if (value.is_string()) return doubled(doubled(value.get<std::string>(), "${"), "%{");
  if (value.is_structured()) {
    for (Json& one : value) one = literal(one);
  }
  return value;
}

std::string identifier(std::string name) {
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '.' || c == '+'; }, '_');
  return name;
}

Json terraform(const HandoffRequest& request, const std::string& zip) {
  const DesiredFunction& function = request.function;
  const std::string id = identifier(function.code.name);
  Json environment = function.environment ? literal(*function.environment) : Json::object();
  Json document = Json::object();
  for (const std::string& name : request.late_variables) {
    document["variable"][id + "_" + name] = {{"type", "string"}, {"sensitive", true}};
    environment[name] = "${var." + id + "_" + name + "}";
  }
  document["locals"][id] = {{"function_name", function.name},
                            {"filename", "${path.module}/" + literal(zip).get<std::string>()},
                            {"source_code_hash", function.code.code_sha256},
                            {"s3_key", literal(function.code.s3_key)},
                            {"handler", literal(function.code.handler)},
                            {"runtime", function.code.runtime},
                            {"architectures", Json::array({function.code.architecture})},
                            {"layers", function.layers ? Json(*function.layers) : Json::array()},
                            {"memory_size", or_null(function.memory)},
                            {"timeout", or_null(function.timeout)},
                            {"description", literal(or_null(function.description))},
                            {"environment", environment},
                            {"tags", literal(function.tags)}};
  document["output"][id] = {{"value", "${local." + id + "}"}};  // for who takes the folder as a module
  if (!request.late_variables.empty()) document["output"][id]["sensitive"] = true;
  return document;
}

Json cdk(const HandoffRequest& request, const std::string& zip) {
  const DesiredFunction& function = request.function;
  return {{"functionName", function.name},
          {"path", zip},
          {"assetHash", function.code.sha256},
          {"handler", function.code.handler},
          {"runtime", function.code.runtime},
          {"architecture", function.code.architecture},
          {"layers", function.layers ? Json(*function.layers) : Json::array()},
          {"memorySize", or_null(function.memory)},
          {"timeout", or_null(function.timeout)},
          {"description", or_null(function.description)},
          {"environment", function.environment ? Json(*function.environment) : Json::object()},
          {"lateEnvironment", request.late_variables},
          {"tags", function.tags}};
}

std::vector<HandoffFile> aws_cli(const DesiredFunction& function, const fs::path& folder) {
  const Json name = {{"FunctionName", function.name}};
  Json code = name, configuration = name;
  code["Architectures"] = Json::array({function.code.architecture});
  configuration.update(Json(configuration_of(function)));
  if (is_arn(function.role)) configuration["Role"] = function.role;
  Json create = configuration;
  create.update(code);
  if (!function.tags.empty()) create["Tags"] = function.tags;
  if (!function.s3_bucket.empty()) {
    const Json object = {{"S3Bucket", function.s3_bucket}, {"S3Key", function.code.s3_key}};
    create["Code"] = object;
    code.update(object);
  }
  const auto file = [&](const char* command, const Json& body) {
    return HandoffFile{folder / (function.code.name + "." + command + ".json"), body.dump(2) + "\n"};
  };
  return {file("create-function", create), file("update-function-code", code),
          file("update-function-configuration", configuration)};
}

}  // namespace

HandoffFormat handoff_format_named(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
    names.emplace_back(known);
  }
  throw Error("there is no format " + quote(name), "the formats are " + join(names));
}

std::vector<HandoffFile> handoff_files(const HandoffRequest& request, HandoffFormat format, const fs::path& folder) {
  const std::string zip = zip_from(request, folder), &name = request.function.code.name;
  const auto file = [&](const char* ending, const Json& content) {
    return std::vector<HandoffFile>{{folder / (name + ending), content.dump(2) + "\n"}};
  };
  switch (format) {
    case HandoffFormat::terraform: return file(".tf.json", terraform(request, zip));
    case HandoffFormat::sam: return file(".sam.json", sam_template(request, zip));
    case HandoffFormat::cloudformation: return file(".cfn.json", cloudformation_template(request));
    case HandoffFormat::cdk: return file(".cdk.json", cdk(request, zip));
    case HandoffFormat::aws_cli: return aws_cli(request.function, folder);
  }
  return {};
}

}  // namespace lambda_pack
