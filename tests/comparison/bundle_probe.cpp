// Answers questions about the room `bundle`: reads a JSON object a line, whose "ask" names one of the questions below,
// and writes a JSON value a line, {"error": …} where the room refuses.
#include <iostream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "bundle/glob.hpp"
#include "bundle/python_names.hpp"
#include "system/files.hpp"

namespace {

using nlohmann::json;

// The names that a module's file defines.
json about_names(const json& question) {
  const auto known = lambda_pack::module_names(lambda_pack::read_file(question.at("path").get<std::string>()));
  return {{"names", known.names}, {"dynamic", known.dynamic}};
}

// For each path, whether the pattern matches it.
json about_glob(const json& question) {
  const lambda_pack::Glob glob(question.at("pattern").get<std::string>());
  json matched = json::array();
  for (const json& path : question.at("paths")) matched.push_back(glob.matches(path.get<std::string>()));
  return matched;
}

json answer(const json& question) {
  static const std::map<std::string, json (*)(const json&)> kQuestions = {{"names", about_names}, {"glob", about_glob}};
  try {
    return kQuestions.at(question.at("ask").get<std::string>())(question);
  } catch (const lambda_pack::Error& error) {
    return {{"error", error.what()}};
  }
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer(json::parse(line)).dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
  }
}
