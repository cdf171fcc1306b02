#include "deploy/layer_publication.hpp"

#include "base/text.hpp"
#include "deploy/aws_failure.hpp"
#include "deploy/s3_upload.hpp"
#include "runtime/limits.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

// ListLayerVersions tells the description of each version, but not its hash.
std::string description_of(const LayerPackage& layer) { return "lambda-pack sha256:" + layer.sha256; }

std::string published_arn(const LayerPackage& layer, AwsApi& api) {
  try {
    const Json answer =
        api.call({"lambda", "list-layer-versions", {{"LayerName", layer.layer_name}}, "", {}, false}).output;
    for (const Json& version : answer.value("LayerVersions", Json::array())) {
      if (version.value("Description", "") == description_of(layer)) return version.at("LayerVersionArn");
    }
  } catch (const AwsFailure& failure) {
    if (failure.kind() != AwsFailureKind::not_found) throw;
  }
  return "";
}

std::string publish(const LayerPackage& layer, const std::string& s3_bucket, AwsApi& api) {
  AwsCall call{"lambda",
               "publish-layer-version",
               {{"LayerName", layer.layer_name},
                {"Description", description_of(layer)},
                {"CompatibleRuntimes", layer.runtimes},
                {"CompatibleArchitectures", layer.architectures}},
               "",
               {},
               false};
  if (layer.size > kDirectUploadLimit) {
    upload_to_s3(api, s3_bucket, layer.s3_key, layer.zip, layer.size);
    call.input["Content"] = {{"S3Bucket", s3_bucket}, {"S3Key", layer.s3_key}};
  } else {
    call.blob = "ZipFile";
    call.file = layer.zip;
  }
  const std::string arn = api.call(call).output.at("LayerVersionArn");
  say("layer " + layer.layer_name + ": published " + arn);
  return arn;
}

std::string attempt(const LayerPackage& layer, const std::string& s3_bucket, AwsApi& api, bool dry_run) {
  if (const std::string arn = published_arn(layer, api); !arn.empty()) return arn;
  require_bucket_for(layer.zip, layer.size, s3_bucket);
  if (dry_run) return layer.layer_name + ":new";
  say("layer " + layer.layer_name + ":\n  + version (" + human_bytes(layer.size) + ")");
  return publish(layer, s3_bucket, api);
}

}  // namespace

std::string layer_version_arn(const LayerPackage& layer, const std::string& s3_bucket, AwsApi& api, bool dry_run,
                              const Sleep& sleep) {
  Patience patience(sleep);
  for (;;) {
    try {
      return attempt(layer, s3_bucket, api, dry_run);
    } catch (const AwsFailure& failure) {
      patience.wait_after(failure, false);
    }
  }
}

}  // namespace lambda_pack
