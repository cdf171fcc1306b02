// Files for the tools that teams deploy with instead: what they must know of a package, in their own words. Pure.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/function_state.hpp"

namespace lambda_pack {

enum class HandoffFormat { terraform, sam, cloudformation, cdk, aws_cli };

// "terraform", "sam", "cloudformation", "cdk", "aws-cli". Throws Error that lists them.
HandoffFormat handoff_format_named(std::string_view name);

struct HandoffRequest {
  DesiredFunction function;                 // its environment: only what has a value in the settings
  std::vector<std::string> late_variables;  // environment variables whose values come with the deployment
};

struct HandoffFile {
  std::filesystem::path path;
  std::string content;  // JSON; the same bytes for the same request and path
};

// The files of one format; paths in them start from `folder`, where they are to lie.
//
// terraform       <name>.tf.json       local.<name>, and an output <name> with the same: the arguments of an
//                                      aws_lambda_function; a sensitive variable <name>_<variable> for each late one
// sam             <name>.sam.json      a template with an AWS::Serverless::Function; CodeUri is the zip itself
// cloudformation  <name>.cfn.json      a template with an AWS::Lambda::Function; the zip is in S3, below its s3_key
// cdk             <name>.cdk.json      what Code.fromAsset takes (path, assetHash), and the function's properties
// aws_cli         <name>.<command>.json   bodies for --cli-input-json, without the zip, which --zip-file names
std::vector<HandoffFile> handoff_files(const HandoffRequest& request, HandoffFormat format,
                                       const std::filesystem::path& folder);

}  // namespace lambda_pack
