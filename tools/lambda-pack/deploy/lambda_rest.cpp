#include "deploy/lambda_rest.hpp"

#include <array>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "deploy/sigv4.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

struct Operation {
  std::string_view name, method, path;  // `{X}` in the path stands for the parameter X
};

constexpr std::array kOperations{
    Operation{"get-function", "GET", "/2015-03-31/functions/{FunctionName}"},
    Operation{"get-function-configuration", "GET", "/2015-03-31/functions/{FunctionName}/configuration"},
    Operation{"create-function", "POST", "/2015-03-31/functions"},
    Operation{"update-function-code", "PUT", "/2015-03-31/functions/{FunctionName}/code"},
    Operation{"update-function-configuration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration"},
    Operation{"publish-version", "POST", "/2015-03-31/functions/{FunctionName}/versions"},
    Operation{"create-alias", "POST", "/2015-03-31/functions/{FunctionName}/aliases"},
    Operation{"update-alias", "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"},
    Operation{"list-layer-versions", "GET", "/2018-10-31/layers/{LayerName}/versions"},
    Operation{"publish-layer-version", "POST", "/2018-10-31/layers/{LayerName}/versions"},
    Operation{"tag-resource", "POST", "/2017-03-31/tags/{Resource}"},
};

// The path with its parameters, which leave `input`.
std::string filled_path(std::string_view path, Json& input) {
  std::string filled;
  while (!path.empty()) {
    const std::size_t open = path.find('{');
    filled += path.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = path.find('}', open);
    const std::string parameter(path.substr(open + 1, close - open - 1));
    filled += uri_encoded(input.at(parameter).get<std::string>());
    input.erase(parameter);
    path.remove_prefix(close + 1);
  }
  return filled;
}

// CreateFunction has the zip inside of `Code`, PublishLayerVersion of `Content`, UpdateFunctionCode beside all else. It
// may have 50 MB, so that it is put into the text, past the JSON library.
std::string with_zip(std::string json, std::string_view operation, std::string_view zip) {
  const std::string_view object = operation == "create-function"         ? R"("Code":{)"
                                  : operation == "publish-layer-version" ? R"("Content":{)"
                                                                         : "";
  json.pop_back();
  if (json.size() > 1) json += ",";
  json += object;
  json += R"("ZipFile":")";
  json += base64_encode(zip);
  json += object.empty() ? "\"}" : "\"}}";
  return json;
}

}  // namespace

std::optional<RestRequest> rest_request(const AwsCall& call, std::string_view blob) {
  if (call.service != "lambda" || call.has_content || (!call.blob.empty() && call.blob != "ZipFile"))
    return std::nullopt;
  for (const Operation& operation : kOperations) {
    if (operation.name != call.operation) continue;
    Json input = call.input;
    RestRequest request{std::string(operation.method), filled_path(operation.path, input), {}, {}};
    if (operation.method == "GET") {
      for (const auto& [name, value] : input.items()) request.query[name] = value.get<std::string>();
      return request;
    }
    request.body = input.dump(-1, ' ', true);
    if (!call.blob.empty()) request.body = with_zip(std::move(request.body), operation.name, blob);
    return request;
  }
  return std::nullopt;
}

RestError rest_error(long status, std::string_view type_header, const std::string& body) {
  const Json answer = Json::parse(body, nullptr, false);
  const auto text_of = [&](const char* key) {
    const auto found = answer.is_object() ? answer.find(key) : answer.end();
    return answer.is_object() && found != answer.end() && found->is_string() ? found->get<std::string>()
                                                                             : std::string();
  };
  std::string code(trimmed(type_header.substr(0, type_header.find(':'))));
  if (code.empty()) code = text_of("__type");
  if (code.empty()) code = std::to_string(status);
  std::string message = text_of("message");
  if (message.empty()) message = text_of("Message");
  return {code, message.empty() ? "the answer has the status " + std::to_string(status) : message};
}

}  // namespace lambda_pack
