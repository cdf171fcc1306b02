// From settings and a manifest to what a deployment is told.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands/settings.hpp"
#include "deploy/aws_settings.hpp"
#include "deploy/function_state.hpp"
#include "deploy/layer_publication.hpp"

namespace lambda_pack {

// --manifest, or the one beside --output. Throws Error when neither is given.
std::filesystem::path manifest_of(const Settings& settings);

// The function, with the values of its environment variables that have one in the settings; the names of the others
// are added to `late_variables`. Throws Error on what is no KEY=VALUE.
DesiredFunction described_function(const Settings& settings, const std::filesystem::path& manifest,
                                   std::vector<std::string>& late_variables);

// The function with all values, the late ones from this process' environment. Throws Error that names the variables
// that are not set.
DesiredFunction deployable_function(const Settings& settings);

// The layers of this build that the function is attached to, in order. Throws Error when a manifest is none.
std::vector<LayerPackage> layers_of(const Settings& settings);

// --profile and --region.
AwsChoice aws_choice(const Settings& settings);

}  // namespace lambda_pack
