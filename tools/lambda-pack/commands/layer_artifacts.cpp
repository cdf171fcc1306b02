#include "commands/layer_artifacts.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// The array `key` of the object that the file holds; nothing where there is none.
std::optional<Json> parts_of(const fs::path& file, const char* key) {
  const std::optional<std::string> text = read_file_if_there(file);
  if (!text) return std::nullopt;
  const Json document = Json::parse(*text, nullptr, false);
  if (!document.is_object() || !document.contains(key) || !document[key].is_array()) return std::nullopt;
  return document[key];
}

}  // namespace

std::string layer_selections_json(const std::vector<Selection>& selections) {
  Json parts = Json::array();
  for (const Selection& selection : selections) parts.push_back(Json::parse(to_json(selection)));
  return Json{{"selections", parts}}.dump(2) + "\n";
}

std::optional<std::vector<Selection>> read_layer_selections(const fs::path& file) {
  const std::optional<Json> parts = parts_of(file, "selections");
  if (!parts) return std::nullopt;
  std::vector<Selection> selections;
  for (const Json& part : *parts) selections.push_back(selection_from_json(part.dump(), file.string()));
  return selections;
}

std::string layer_wheels_json(const std::vector<RuntimeWheels>& runtimes) {
  Json parts = Json::array();
  for (const RuntimeWheels& one : runtimes) {
    Json rows = Json::array();
    for (const BundleWheel& wheel : one.wheels) {
      rows.push_back({{"path", wheel.path.string()}, {"sha256", wheel.digest.value().hex()}});
    }
    parts.push_back({{"runtime", one.runtime}, {"wheels", rows}});
  }
  return Json{{"runtimes", parts}}.dump(1) + "\n";
}

std::optional<std::vector<RuntimeWheels>> read_layer_wheels(const fs::path& file) {
  const std::optional<Json> parts = parts_of(file, "runtimes");
  if (!parts) return std::nullopt;
  std::vector<RuntimeWheels> runtimes;
  try {
    for (const Json& part : *parts) {
      RuntimeWheels& one = runtimes.emplace_back(RuntimeWheels{part.at("runtime"), {}});
      for (const Json& row : part.at("wheels")) {
        const std::optional<Sha256> digest = Sha256::from_hex(row.at("sha256").get<std::string>());
        BundleWheel wheel{row.at("path").get<std::string>(), digest, false};
        if (!digest || !fs::exists(wheel.path)) return std::nullopt;
        one.wheels.push_back(std::move(wheel));
      }
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return runtimes;
}

}  // namespace lambda_pack
