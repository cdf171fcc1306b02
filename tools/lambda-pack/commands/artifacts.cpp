#include "commands/artifacts.hpp"

#include <nlohmann/json.hpp>

#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

Json read_json(const fs::path& file) {
  const std::optional<std::string> text = read_file_if_there(file);
  return text ? Json::parse(*text, nullptr, false) : Json();
}

}  // namespace

std::string fetched_json(const std::vector<StoredWheel>& wheels) {
  Json rows = Json::array();
  for (const StoredWheel& wheel : wheels) {
    rows.push_back({{"name", wheel.name}, {"path", wheel.path.string()}, {"sha256", wheel.digest.hex()}});
  }
  return Json{{"wheels", rows}}.dump(1) + "\n";
}

std::optional<std::vector<StoredWheel>> read_fetched(const fs::path& file) {
  const Json document = read_json(file);
  if (!document.is_object() || !document.contains("wheels")) return std::nullopt;
  std::vector<StoredWheel> wheels;
  try {
    for (const Json& row : document["wheels"]) {
      const std::optional<Sha256> digest = Sha256::from_hex(row.at("sha256").get<std::string>());
      StoredWheel wheel{row.at("name").get<std::string>(), row.at("path").get<std::string>(),
                        digest.value_or(Sha256{})};
      if (!digest || !fs::exists(wheel.path)) return std::nullopt;
      wheels.push_back(std::move(wheel));
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return wheels;
}

std::string project_wheel_json(const std::string& relative_path, const Sha256& digest) {
  return Json{{"wheel", relative_path}, {"sha256", digest.hex()}}.dump(1) + "\n";
}

std::string project_files_json(const SourceTree& tree) {
  return Json{{"root", tree.root.string()}, {"files", tree.files}, {"warnings", tree.warnings}}.dump(1) + "\n";
}

std::optional<ProjectContent> read_project_content(const fs::path& file) {
  const Json document = read_json(file);
  if (!document.is_object()) return std::nullopt;
  try {
    if (document.contains("root")) {
      return SourceTree{document["root"].get<std::string>(), document.at("files"), {}, document.at("warnings")};
    }
    fs::path wheel = file.parent_path() / document.at("wheel").get<std::string>();
    return fs::exists(wheel) ? std::optional<ProjectContent>(std::move(wheel)) : std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace lambda_pack
