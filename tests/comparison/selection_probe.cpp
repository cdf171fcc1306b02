// Lets the tests in Python ask the lock room what they ask Poetry. Each line of stdin is a JSON question, each
// line of stdout its answer, {"error": …, "hint": …} when the room refuses:
//   {"select": {"pyproject": <file>, "lock": <file>, "runtime": …, "architecture": …, "groups": […], "extras":
//   […],
//               "provided": […], "source_builds": […]}}           -> the selection, or with "requirements": true
//               its text
//   {"constraint": <text>, "versions": […]}                        -> [true, false, …], Poetry's constraint
//   {"python_full_version": <runtime>}                             -> the newest patch known, "3.12.8"
//   {"python_json": <TOML text>}                                   -> the document as json.dumps(sort_keys=True)
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "lock/json_text.hpp"
#include "lock/poetry_constraint.hpp"
#include "lock/select.hpp"
#include "lock/toml.hpp"

namespace {

using nlohmann::json;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw lambda_pack::Error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

template <typename Item>
std::set<Item> items(const json& question, const char* key) {
  std::set<Item> result;
  for (const auto& text : question.value(key, json::array())) result.insert(Item(text.get<std::string>()));
  return result;
}

lambda_pack::LockSurroundings surroundings(const std::string& lock) {
  const auto folder = lock.substr(0, lock.rfind('/') + 1);
  return {[folder](const std::string& path) { return std::optional(contents(folder + path)); }, {}};
}

json selection(const json& question) {
  const auto pyproject = contents(question.at("pyproject"));
  const auto lock = contents(question.at("lock"));
  lambda_pack::SelectionRequest request{
      {&lambda_pack::runtime_named(question.at("runtime").get<std::string>()),
       lambda_pack::architecture_named(question.at("architecture").get<std::string>())},
      items<std::string>(question, "groups"),
      items<std::string>(question, "extras"),
      items<lambda_pack::DistributionName>(question, "provided"),
      items<lambda_pack::DistributionName>(question, "source_builds")};
  const auto result = lambda_pack::select({pyproject, "pyproject.toml"}, {lock, file_name(question.at("lock"))},
                                          request, surroundings(question.at("lock")));
  if (question.value("requirements", false)) return lambda_pack::requirements_txt(result);
  return json::parse(lambda_pack::to_json(result));
}

json allowed(const json& question) {
  const auto constraint = lambda_pack::PoetryConstraint::parse(question.at("constraint").get<std::string>());
  auto result = json::array();
  for (const auto& text : question.at("versions")) {
    result.push_back(constraint.allows(lambda_pack::Version::require(text.get<std::string>())));
  }
  return result;
}

json answer(const json& question) {
  if (question.contains("select")) return selection(question["select"]);
  if (question.contains("constraint")) return allowed(question);
  if (question.contains("python_full_version")) {
    const auto runtime = question["python_full_version"].get<std::string>();
    const lambda_pack::Target target{&lambda_pack::runtime_named(runtime), lambda_pack::Architecture::x86_64};
    return lambda_pack::marker_environment(target).python_full_version;
  }
  return lambda_pack::python_json(lambda_pack::parse_toml(question.at("python_json").get<std::string>(), "document"));
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    json result;
    try {
      result = answer(json::parse(line));
    } catch (const lambda_pack::Error& error) {
      result = {{"error", error.what()}, {"hint", error.hint()}};
    }
    std::cout << result.dump() << std::endl;
  }
}
