#include "lock/content_hash.hpp"

#include <nlohmann/json.hpp>

#include "lock/json_text.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

// Nothing, an empty table and a value of another type are alike: no content.
nlohmann::json table_at(const nlohmann::json& table, const char* key) {
  const auto found = table.find(key);
  return found != table.end() && found->is_object() ? *found : nlohmann::json::object();
}

nlohmann::json project_content(const nlohmann::json& pyproject) {
  const auto project = table_at(pyproject, "project");
  auto content = nlohmann::json::object();
  for (const char* key : {"requires-python", "dependencies", "optional-dependencies"}) {
    if (project.contains(key)) content[key] = project[key];
  }
  return content;
}

// Poetry 1.1 wrote these four as null when they were missing. That stays part of the hash as long as everything
// relevant is below [tool.poetry].
nlohmann::json poetry_content(const nlohmann::json& pyproject, bool nulls) {
  const auto poetry = table_at(table_at(pyproject, "tool"), "poetry");
  auto content = nlohmann::json::object();
  for (const char* key : {"dependencies", "source", "extras", "dev-dependencies"}) {
    if (poetry.contains(key)) {
      content[key] = poetry[key];
    } else if (nulls) {
      content[key] = nullptr;
    }
  }
  if (poetry.contains("group")) content["group"] = poetry["group"];
  return content;
}

std::string content_hash(const nlohmann::json& pyproject, const nlohmann::json& groups) {
  const auto project = project_content(pyproject);
  const bool only_poetry = project.empty() && groups.empty();
  const auto poetry = poetry_content(pyproject, only_poetry);
  if (only_poetry) return sha256_of(python_json(poetry)).hex();
  auto content = nlohmann::json::object();
  if (!project.empty()) content["project"] = project;
  if (!groups.empty()) content["dependency-groups"] = groups;
  content["tool"]["poetry"] = poetry;
  return sha256_of(python_json(content)).hex();
}

}  // namespace

std::vector<std::string> poetry_content_hashes(const nlohmann::json& pyproject) {
  const auto groups = table_at(pyproject, "dependency-groups");
  std::vector<std::string> hashes = {content_hash(pyproject, groups)};
  if (!groups.empty()) hashes.push_back(content_hash(pyproject, nlohmann::json::object()));
  return hashes;
}

}  // namespace lambda_pack
