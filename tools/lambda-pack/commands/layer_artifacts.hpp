// What the steps of a layer leave for each other: selection.json and fetched.json, with a part for each runtime.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bundle/layer_layout.hpp"
#include "commands/artifacts.hpp"
#include "lock/selection.hpp"

namespace lambda_pack {

std::string layer_selections_json(const std::vector<Selection>& selections);
// The selections; nothing when the file is missing. Throws Error when it is something else.
std::optional<std::vector<Selection>> read_layer_selections(const std::filesystem::path& file);

std::string layer_wheels_json(const std::vector<RuntimeWheels>& runtimes);
// The wheels; nothing when the file is missing, of another program, or names a wheel that is not there any more.
std::optional<std::vector<RuntimeWheels>> read_layer_wheels(const std::filesystem::path& file);

}  // namespace lambda_pack
