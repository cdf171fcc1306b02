// Versions of layers in AWS: found by their content, published when there is none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "deploy/aws_api.hpp"
#include "deploy/patience.hpp"

namespace lambda_pack {

struct LayerPackage {
  std::string layer_name;      // in AWS
  std::filesystem::path zip;   // absolute
  std::uint64_t size = 0;      // of the zip, in bytes
  std::string sha256, s3_key;  // hexadecimal; changes exactly when the zip does
  std::vector<std::string> runtimes, architectures;
};

// The ARN of the version that holds this zip, which its description tells: among the latest 50, the API's page.
// Published when there is none, through `s3_bucket` when it is too large for the API; a dry run gives "<layer
// name>:new" instead. Failures that may pass are waited out. Throws Error otherwise.
std::string layer_version_arn(const LayerPackage& layer, const std::string& s3_bucket, AwsApi& api, bool dry_run,
                              const Sleep& sleep);

}  // namespace lambda_pack
