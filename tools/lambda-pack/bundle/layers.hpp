// The layers that a function is attached to: what their manifests say, and what they mean for its package.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lock/selection.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

// A distribution in a layer, and the runtimes that find it there.
struct LayerDistribution {
  DistributionName name;
  std::string version;
  std::vector<std::string> runtimes;
};

// A layer made by lambda-pack, as the manifest beside its zip describes it.
struct Layer {
  std::filesystem::path manifest;             // that it was read from
  std::string name;                           // the package's
  std::string layer_name;                     // in AWS
  std::string zip;                            // the zip's file name; it lies beside the manifest
  std::uint64_t size = 0, unzipped_size = 0;  // bytes
  std::string sha256, code_sha256;            // of the zip: hexadecimal, and base64 as AWS's CodeSha256
  std::vector<std::string> runtimes, architectures;
  std::vector<LayerDistribution> distributions;
  std::map<std::string, bool> packages;  // that it brings, and whether each is a regular one: import_roots()
  std::set<std::string> native_files;    // file names, without folders
};

// Reads a layer's manifest. Throws Error when it is missing, or not a layer's.
Layer read_layer(const std::filesystem::path& manifest);

// A version of a layer that is in AWS already.
struct ExternalLayer {
  std::string arn;
  std::uint64_t unzipped_size = 0;  // bytes
};

// Reads `<arn>=<unzipped size>`. Throws Error that says which half is wrong: LayerVersionArn's pattern is that of
// https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
ExternalLayer external_layer(std::string_view text);

// What a function is attached to: its own layers first, then the external ones; a later one overlays those before.
struct Layers {
  std::vector<Layer> own;
  std::vector<ExternalLayer> external;

  std::uint64_t unzipped_size() const;  // of all, bytes
};

// Throws Error for more layers than Lambda takes, for one that is not for the target, and for two that hold different
// versions of a distribution.
void check_layers(const Layers& layers, const Target& target);

// Takes out of the selection what the layers hold. Throws Error that names both sides where a version differs. `lock`
// is the name of the lock for that.
void leave_out_layers(Selection& selection, const Layers& layers, const std::string& lock);

}  // namespace lambda_pack
