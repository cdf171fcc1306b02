// Templates for AWS CloudFormation and AWS SAM. Pure.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "deploy/handoff.hpp"

namespace lambda_pack {

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
nlohmann::ordered_json cloudformation_template(const HandoffRequest& request);

// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
// `code_uri` is the zip, relative to the template.
nlohmann::ordered_json sam_template(const HandoffRequest& request, const std::string& code_uri);

}  // namespace lambda_pack
