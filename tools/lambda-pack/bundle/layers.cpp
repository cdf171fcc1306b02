#include "bundle/layers.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "runtime/limits.hpp"
#include "standards/version.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

template <class Range, class Value>
bool contains(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

bool is_word(std::string_view text, std::string_view more) {
  const auto fits = [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.find(c) != more.npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// arn:aws:lambda:eu-central-1:123456789012:layer:telemetry:7
bool is_layer_version(std::string_view arn) {
  const std::vector<std::string_view> parts = split(arn, ':');
  return parts.size() == 8 && parts[0] == "arn" && is_word(parts[1], "-") && parts[2] == "lambda" &&
         is_word(parts[3], "-") && parts[4].size() == 12 && is_number(parts[4]) && parts[5] == "layer" &&
         is_word(parts[6], "-_") && is_number(parts[7]) && parts[7] != "0";
}

std::optional<std::uint64_t> layer_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && size > 0 && size < kUnzippedLimit ? std::optional(size) : std::nullopt;
}

// Versions are compared as PEP 440 does: 1.0 is 1.0.0.
bool is_same_version(const std::string& one, const std::string& other) {
  if (one == other) return true;
  const std::optional<Version> left = Version::parse(one), right = Version::parse(other);
  return left && right && *left == *right;
}

// By name, what the layers hold for a runtime: the layer and the version there.
using Held = std::map<DistributionName, std::pair<const Layer*, std::string>>;

Held held_for(const std::vector<Layer>& layers, const std::string& runtime) {
  Held held;
  for (const Layer& layer : layers) {
    for (const LayerDistribution& one : layer.distributions) {
      if (!contains(one.runtimes, runtime)) continue;
      const auto [known, is_new] = held.emplace(one.name, std::pair(&layer, one.version));
      if (is_new || is_same_version(known->second.second, one.version)) continue;
      throw Error("the layers " + known->second.first->name + " and " + layer.name + " hold different versions of " +
                      one.name.str() + ": " + known->second.second + " and " + one.version,
                  "make both from one lock, or leave it out of one of them (DISTRIBUTIONS, PROVIDED)");
    }
  }
  return held;
}

void require_fitting(const Layer& layer, const Target& target) {
  const std::string runtime(target.runtime->id), architecture(lambda_name(target.architecture));
  if (!contains(layer.runtimes, runtime)) {
    throw Error("the layer " + layer.name + " is for " + join(layer.runtimes) + ", and not for " + runtime,
                "add " + runtime + " to the RUNTIMES of the layer, or choose one of those for the function");
  }
  if (!contains(layer.architectures, architecture)) {
    throw Error("the layer " + layer.name + " is for " + join(layer.architectures) + ", and not for " + architecture,
                "make a layer for " + architecture + ": lambda_python_layer(… ARCHITECTURES " + architecture + ")");
  }
}

}  // namespace

Layer read_layer(const fs::path& manifest) {
  const std::optional<std::string> text = read_file_if_there(manifest);
  if (!text) {
    throw Error("there is no manifest " + manifest.string(), "build the layer first; its manifest is beside its zip");
  }
  try {
    const Json json = Json::parse(*text);
    if (json.at("kind") != "layer") {
      throw Error(manifest.string() + " describes no layer, but a " + json.at("kind").get<std::string>(),
                  "LAYERS are made by lambda_python_layer(), or by lambda-pack zip --kind layer");
    }
    Layer layer;
    layer.manifest = manifest;
    layer.name = json.at("name");
    layer.layer_name = json.at("layer_name");
    layer.zip = json.at("zip");
    layer.size = json.at("size");
    layer.unzipped_size = json.at("unzipped_size");
    layer.sha256 = json.at("sha256");
    layer.code_sha256 = json.at("code_sha256");
    layer.runtimes = json.at("runtimes");
    layer.architectures = json.at("architectures");
    layer.packages = json.at("packages");
    for (const Json& one : json.at("distributions")) {
      const DistributionName name(one.at("name").get<std::string>());
      layer.distributions.push_back({name, one.at("version"), one.at("runtimes")});
    }
    for (const Json& one : json.at("native_files")) {
      layer.native_files.insert(fs::path(one.at("path").get<std::string>()).filename().string());
    }
    return layer;
  } catch (const Json::exception&) {
    throw Error(manifest.string() + " is no manifest of a layer",
                "lambda-pack writes it beside the zip: base.zip.json");
  }
}

ExternalLayer external_layer(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  const std::string_view arn = text.substr(0, equals);
  if (!is_layer_version(arn)) {
    throw Error(
        quote(arn) + " is no ARN of a layer's version",
        "it looks like arn:aws:lambda:eu-central-1:123456789012:layer:telemetry:7, with the version at its end");
  }
  const std::string_view size = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  const std::optional<std::uint64_t> bytes = layer_size(size);
  if (!bytes) {
    throw Error("the layer " + std::string(arn) + " needs its unzipped size in bytes, below " +
                    std::to_string(kUnzippedLimit) + "; got " + quote(size),
                std::string(arn) +
                    "=<bytes>: `aws lambda get-layer-version-by-arn` has the zip's address, and `unzip -l` "
                    "the sum");
  }
  return {std::string(arn), *bytes};
}

std::uint64_t Layers::unzipped_size() const {
  std::uint64_t sum = 0;
  for (const Layer& layer : own) sum += layer.unzipped_size;
  for (const ExternalLayer& layer : external) sum += layer.unzipped_size;
  return sum;
}

void check_layers(const Layers& layers, const Target& target) {
  const std::size_t count = layers.own.size() + layers.external.size();
  if (count > kMostLayers) {
    throw Error("there are " + std::to_string(count) + " layers; Lambda takes at most " + std::to_string(kMostLayers),
                "put several into one layer, or their distributions into the package");
  }
  for (const Layer& layer : layers.own) require_fitting(layer, target);
  held_for(layers.own, std::string(target.runtime->id));
}

void leave_out_layers(Selection& selection, const Layers& layers, const std::string& lock) {
  const Held held = held_for(layers.own, selection.runtime);
  std::erase_if(selection.distributions, [&](const SelectedDistribution& one) {
    const auto found = held.find(one.name);
    if (found == held.end()) return false;
    const auto& [layer, version] = found->second;
    // What is built from a folder may have a version that only its backend knows.
    if (one.version.empty() || is_same_version(version, one.version)) return true;
    throw Error(lock + " has " + one.name.str() + " " + one.version + ", but the layer " + layer->name + " holds " +
                    one.name.str() + " " + version,
                "lock the same version for both, as one lock for all services does, or leave it out of the layer "
                "(DISTRIBUTIONS, PROVIDED)");
  });
}

}  // namespace lambda_pack
