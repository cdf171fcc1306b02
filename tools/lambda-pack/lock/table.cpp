#include "lock/table.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

[[noreturn]] void wrong_type(const std::string& place, std::string_view type) {
  throw Error(place + " must be " + std::string(type));
}

std::string joined_path(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

}  // namespace

Table Table::root(const nlohmann::json& document, std::string_view file) { return Table(document, file, ""); }

Table::Table(const nlohmann::json& table, std::string_view file, std::string_view path)
    : table_(&table), file_(file), path_(path) {}

std::string Table::place(std::string_view key) const {
  return file_ + ": " + (path_.empty() ? "" : "[" + path_ + "] ") + std::string(key);
}

const nlohmann::json* Table::find(std::string_view key) const {
  const auto found = table_->find(std::string(key));
  return found == table_->end() ? nullptr : &*found;
}

std::optional<std::string> Table::text(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) wrong_type(place(key), "a string");
  return value->get<std::string>();
}

std::string Table::required_text(std::string_view key) const {
  auto value = text(key);
  if (!value) throw Error(place(key) + " is missing");
  return *std::move(value);
}

std::vector<std::string> Table::texts(std::string_view key) const {
  std::vector<std::string> result;
  const auto* value = find(key);
  if (value == nullptr) return result;
  if (!value->is_array()) wrong_type(place(key), "an array of strings");
  for (const auto& item : *value) {
    if (!item.is_string()) wrong_type(place(key), "an array of strings");
    result.push_back(item.get<std::string>());
  }
  return result;
}

bool Table::flag(std::string_view key, bool missing) const {
  const auto* value = find(key);
  if (value == nullptr) return missing;
  if (!value->is_boolean()) wrong_type(place(key), "true or false");
  return value->get<bool>();
}

std::optional<Table> Table::table(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) wrong_type(place(key), "a table");
  return Table(*value, file_, joined_path(path_, key));
}

std::vector<Table> Table::tables(std::string_view key) const {
  std::vector<Table> result;
  const auto* value = find(key);
  if (value == nullptr) return result;
  if (!value->is_array()) wrong_type(place(key), "an array of tables");
  for (const auto& item : *value) {
    if (!item.is_object()) wrong_type(place(key), "an array of tables");
    result.emplace_back(item, file_, joined_path(path_, key));
  }
  return result;
}

}  // namespace lambda_pack
