// Zips that are too large for the Lambda API, in S3 under a key that names their content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "deploy/aws_api.hpp"

namespace lambda_pack {

// Throws Error, which names the zip, when one of this size needs a bucket and none is given.
void require_bucket_for(const std::filesystem::path& zip, std::uint64_t size, const std::string& bucket);

// Uploads the zip unless an object of that key and size is there. Throws AwsFailure.
void upload_to_s3(AwsApi& api, const std::string& bucket, const std::string& key, const std::filesystem::path& zip,
                  std::uint64_t size);

}  // namespace lambda_pack
