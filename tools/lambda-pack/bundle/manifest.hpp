// The manifest beside every zip: what deployment tools and people want to know of it.
#pragma once

#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/native_files.hpp"
#include "bundle/zip_file.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

struct ManifestRequest {
  std::string name;         // the package's
  std::string zip_name;     // the zip's file name, without a folder
  std::string handler;
  Target target;
  std::string tool_version;
  std::vector<std::string> warnings;
};

// The manifest as JSON: deterministic, no absolute path, no time of day, ending with a newline. Its fields are listed in
// README.md under "The manifest".
std::string manifest_json(const ManifestRequest& request, const Bundle& bundle,
                          const std::vector<NativeFile>& native, const WrittenZip& zip);

}  // namespace lambda_pack
