#include "lock/toml.hpp"

#include <fmt/format.h>

#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/plain_toml.hpp"

namespace lambda_pack {
namespace {

nlohmann::json to_json_value(const toml::node& node);

nlohmann::json to_json_value(const toml::table& table) {
  auto object = nlohmann::json::object();
  for (auto&& [key, value] : table) object[std::string(key.str())] = to_json_value(value);
  return object;
}

nlohmann::json to_json_value(const toml::array& array) {
  auto list = nlohmann::json::array();
  for (const auto& value : array) list.push_back(to_json_value(value));
  return list;
}

template <typename DateOrTime>
std::string written(const DateOrTime& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

nlohmann::json to_json_value(const toml::node& node) {
  if (const auto* table = node.as_table()) return to_json_value(*table);
  if (const auto* array = node.as_array()) return to_json_value(*array);
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (const auto* date = node.as_date()) return written(date->get());
  if (const auto* time = node.as_time()) return written(time->get());
  return written(node.as_date_time()->get());
}

std::string_view line_of(std::string_view text, std::size_t number) {
  const auto lines = split(text, '\n');
  return number >= 1 && number <= lines.size() ? lines[number - 1] : std::string_view();
}

bool is_conflict_marker(std::string_view line) {
  return line.substr(0, 7) == "<<<<<<<" || line.substr(0, 7) == "=======" || line.substr(0, 7) == ">>>>>>>";
}

Error malformed(const toml::parse_error& error, std::string_view text, std::string_view file) {
  const auto where = error.source().begin;
  const auto line = line_of(text, where.line);
  return Error(fmt::format("{}:{}:{}: malformed TOML: {}", file, where.line, where.column, error.description()),
               is_conflict_marker(line) ? "the line is a merge conflict marker: resolve the conflict"
                                        : "the line is " + quote(trimmed(line), 100));
}

}  // namespace

nlohmann::json parse_toml(std::string_view text, std::string_view file) { return parse_toml_but("", text, file); }

nlohmann::json parse_toml_but(std::string_view as_text, std::string_view text, std::string_view file) {
  if (auto plain = read_plain_toml(text, as_text)) return *std::move(plain);
  return parse_any_toml(text, file);
}

nlohmann::json parse_toml_list(std::string_view text, std::string_view place) {
  return std::move(parse_toml("list = " + std::string(text), place)["list"]);
}

nlohmann::json parse_any_toml(std::string_view text, std::string_view file) {
  try {
    return to_json_value(toml::parse(text));
  } catch (const toml::parse_error& error) {
    throw malformed(error, text, file);
  }
}

}  // namespace lambda_pack
