// Calls of the Lambda API as HTTP requests, and their answers. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "deploy/aws_api.hpp"

namespace lambda_pack {

// An HTTP request but for its host and its signature.
struct RestRequest {
  std::string method, path;  // the path encoded
  std::map<std::string, std::string> query;
  std::string body;  // JSON, or empty
};

// The request of a call, with `blob` as the bytes of its file; nothing for an operation that is not among those a
// deployment needs: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
std::optional<RestRequest> rest_request(const AwsCall& call, std::string_view blob);

// AWS' own word for an error: of the header `x-amzn-ErrorType`, "ResourceNotFoundException:http://…", else of the body.
// What is no answer of AWS has the status as its code.
struct RestError {
  std::string code, message;
};
RestError rest_error(long status, std::string_view type_header, const std::string& body);

}  // namespace lambda_pack
