#include "deploy/s3_upload.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "deploy/aws_failure.hpp"
#include "runtime/limits.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

std::optional<std::uint64_t> uploaded_size(AwsApi& api, const nlohmann::json& object) {
  try {
    return api.call({"s3api", "head-object", object, "", {}, false}).output.value("ContentLength", std::uint64_t{0});
  } catch (const AwsFailure& failure) {
    // Without the right to list the bucket, what is not there is forbidden instead of not found.
    if (failure.kind() != AwsFailureKind::not_found && failure.code() != "403") throw;
    return std::nullopt;
  }
}

}  // namespace

void require_bucket_for(const std::filesystem::path& zip, std::uint64_t size, const std::string& bucket) {
  if (size <= kDirectUploadLimit || !bucket.empty()) return;
  throw Error(fmt::format("{} has {}, and above 50 MB it goes through S3", zip.filename().string(), human_bytes(size)),
              "--s3-bucket NAME (in CMake: S3_BUCKET), a bucket in the function's region");
}

void upload_to_s3(AwsApi& api, const std::string& bucket, const std::string& key, const std::filesystem::path& zip,
                  std::uint64_t size) {
  const nlohmann::json object = {{"Bucket", bucket}, {"Key", key}};
  if (uploaded_size(api, object) == size) return;  // the key names the content: what is whole under it is the zip
  say("uploading " + human_bytes(size) + " to s3://" + bucket + "/" + key);
  api.call({"s3api", "put-object", object, "Body", zip, false});
}

}  // namespace lambda_pack
