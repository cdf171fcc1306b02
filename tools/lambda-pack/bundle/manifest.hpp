// The manifest beside every zip: what deployment tools and people want to know of it.
#pragma once

#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/layers.hpp"
#include "bundle/native_files.hpp"
#include "bundle/zip_file.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

struct BytecodeSummary {
  std::string compiler;  // "CPython 3.12.1"; empty when there is no bytecode
  std::string left_out;  // why there is none
};

struct ManifestRequest {
  std::string name;      // the package's
  std::string zip_name;  // the zip's file name, without a folder
  std::string handler;
  Target target;
  std::string tool_version;
  std::vector<std::string> warnings;
  Layers layers = {};  // that the function is attached to
  BytecodeSummary bytecode = {};
};

struct LayerManifestRequest {
  std::string name;        // the package's
  std::string layer_name;  // in AWS
  std::string zip_name;    // the zip's file name, without a folder
  std::vector<std::string> runtimes, architectures;
  std::string tool_version;
  std::vector<std::string> warnings;
};

// The manifest as JSON: deterministic, no absolute path, no time of day, ending with a newline. Its fields are listed
// in README.md under "The manifest".
std::string manifest_json(const ManifestRequest& request, const Bundle& bundle, const std::vector<NativeFile>& native,
                          const WrittenZip& zip);

// The manifest of a layer, under the same rules: what read_layer reads.
std::string layer_manifest_json(const LayerManifestRequest& request, const Bundle& bundle,
                                const std::vector<NativeFile>& native, const WrittenZip& zip);

}  // namespace lambda_pack
