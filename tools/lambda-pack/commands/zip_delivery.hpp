// The end of the zip step, of a function and of a layer.
#pragma once

#include <string>

#include "bundle/bundle.hpp"
#include "bundle/zip_file.hpp"
#include "commands/settings.hpp"
#include "commands/step.hpp"

namespace lambda_pack {

// Writes the manifest, as it is in `manifest`, beside the zip unless it is there; says to the step what was made, and
// to the user what there is: the manifest with --json, and outside of a build a line about the zip.
void deliver_zip(const Settings& settings, Step& step, const WrittenZip& zip, const Bundle& bundle,
                 const std::string& manifest);

}  // namespace lambda_pack
