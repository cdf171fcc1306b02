// The AWS API as a deployment sees it: one call, one answer.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace lambda_pack {

struct AwsCall {
  std::string service;         // the AWS CLI's name: "lambda", "iam", "s3api"
  std::string operation;       // the AWS CLI's name: "get-function"
  nlohmann::json input;        // the request's parameters, in the API's spelling; may hold secrets
  std::string blob;            // the parameter that is sent from a file: "ZipFile", "Body", "Payload"; empty: none
  std::filesystem::path file;  // that file
  bool has_content =
      false;  // whether the answer has a body beside its parameters (Invoke); then `input` has texts only
};

struct AwsAnswer {
  nlohmann::json output = nlohmann::json::object();  // the parameters of the answer
  std::string content;                               // the body, where the call has one
};

class AwsApi {
 public:
  virtual ~AwsApi() = default;
  // Makes the call, once. Throws AwsFailure (deploy/aws_failure.hpp) when AWS refuses it or cannot be reached.
  virtual AwsAnswer call(const AwsCall& call) = 0;
};

}  // namespace lambda_pack
