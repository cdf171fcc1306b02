#include "lock/json_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include <nlohmann/json.hpp>

namespace lambda_pack {
namespace {

std::string python_float(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  // fmt's default is the shortest text that reads back, as repr() has it, with the same limits for exponents; only
  // whole numbers may lack the ".0".
  auto text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void write(const nlohmann::json& value, std::string& out);

void write_object(const nlohmann::json& object, std::string& out) {
  out += '{';
  const char* separator = "";
  for (const auto& [key, member] : object.items()) {  // std::map of UTF-8 keys: code point order
    out += separator;
    write(key, out);
    out += ": ";
    write(member, out);
    separator = ", ";
  }
  out += '}';
}

void write_array(const nlohmann::json& array, std::string& out) {
  out += '[';
  const char* separator = "";
  for (const auto& item : array) {
    out += separator;
    write(item, out);
    separator = ", ";
  }
  out += ']';
}

void write(const nlohmann::json& value, std::string& out) {
  if (value.is_object()) {
    write_object(value, out);
  } else if (value.is_array()) {
    write_array(value, out);
  } else if (value.is_number_float()) {
    out += python_float(value.get<double>());
  } else {
    constexpr bool ensure_ascii = true;
    out += value.dump(-1, ' ', ensure_ascii);
  }
}

}  // namespace

std::string python_json(const nlohmann::json& value) {
  std::string out;
  write(value, out);
  return out;
}

}  // namespace lambda_pack
