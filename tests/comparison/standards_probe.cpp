// Answers questions about the rooms `standards` and `runtime`: reads a JSON object a line, whose "ask" names one
// of the questions below, and writes a JSON value a line, {"error": …} where the room refuses.
#include <iostream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "runtime/target.hpp"
#include "standards/requirement.hpp"
#include "standards/wheel_name.hpp"

namespace {

using lambda_pack::Tag;
using lambda_pack::Version;
using nlohmann::json;

json texts(const std::vector<Tag>& tags) {
  json list = json::array();
  for (const Tag& tag : tags) list.push_back(tag.str());
  return list;
}

lambda_pack::Target target_of(const json& question) {
  const auto& runtime = lambda_pack::runtime_named(question.at("runtime").get<std::string>());
  return {&runtime, lambda_pack::architecture_named(question.at("architecture").get<std::string>())};
}

lambda_pack::MarkerEnvironment environment_of(const json& values) {
  lambda_pack::MarkerEnvironment environment;
  values.at("os_name").get_to(environment.os_name);
  values.at("sys_platform").get_to(environment.sys_platform);
  values.at("platform_machine").get_to(environment.platform_machine);
  values.at("platform_python_implementation").get_to(environment.platform_python_implementation);
  values.at("platform_release").get_to(environment.platform_release);
  values.at("platform_system").get_to(environment.platform_system);
  values.at("platform_version").get_to(environment.platform_version);
  values.at("python_version").get_to(environment.python_version);
  values.at("python_full_version").get_to(environment.python_full_version);
  values.at("implementation_name").get_to(environment.implementation_name);
  values.at("implementation_version").get_to(environment.implementation_version);
  values.at("extras").get_to(environment.extras);
  values.at("dependency_groups").get_to(environment.dependency_groups);
  return environment;
}

json environment_json(const lambda_pack::MarkerEnvironment& environment) {
  return {{"os_name", environment.os_name},
          {"sys_platform", environment.sys_platform},
          {"platform_machine", environment.platform_machine},
          {"platform_python_implementation", environment.platform_python_implementation},
          {"platform_release", environment.platform_release},
          {"platform_system", environment.platform_system},
          {"platform_version", environment.platform_version},
          {"python_version", environment.python_version},
          {"python_full_version", environment.python_full_version},
          {"implementation_name", environment.implementation_name},
          {"implementation_version", environment.implementation_version}};
}

json about_name(const json& question) {
  return lambda_pack::DistributionName(question.at("text").get<std::string>()).str();
}

json about_version(const json& question) {
  const Version version = Version::require(question.at("text").get<std::string>());
  json release = json::array();
  for (std::size_t i = 0; i < version.release_size(); ++i) release.push_back(version.release(i));
  return {{"str", version.str()},
          {"public", version.public_str()},
          {"release", release},
          {"prerelease", version.is_prerelease()},
          {"postrelease", version.is_postrelease()},
          {"local", version.has_local()}};
}

// For each version of the list: -1, 0, 1 against each version of the list.
json about_order(const json& question) {
  std::vector<Version> versions;
  for (const json& text : question.at("texts")) versions.push_back(Version::require(text.get<std::string>()));
  json rows = json::array();
  for (const Version& a : versions) {
    json row = json::array();
    for (const Version& b : versions) row.push_back((a > b) - (a < b));
    rows.push_back(row);
  }
  return rows;
}

json about_specifiers(const json& question) {
  const auto set = lambda_pack::SpecifierSet::parse(question.at("text").get<std::string>());
  json contained = json::array();
  for (const json& version : question.at("versions")) {
    contained.push_back(set.contains(Version::require(version.get<std::string>())));
  }
  return {{"str", set.str()}, {"contained", contained}};
}

// "holds" is null where the marker can be read but has no meaning in the environment.
json about_marker(const json& question) {
  const auto marker = lambda_pack::Marker::parse(question.at("text").get<std::string>());
  json answer = {{"str", marker.str()}, {"holds", nullptr}};
  try {
    answer["holds"] = marker.evaluate(environment_of(question.at("environment")));
  } catch (const lambda_pack::Error&) {
  }
  return answer;
}

json about_requirement(const json& question) {
  const auto requirement = lambda_pack::Requirement::parse(question.at("text").get<std::string>());
  return {{"name", requirement.name.str()},
          {"extras", requirement.extras},
          {"specifiers", requirement.specifiers.str()},
          {"url", requirement.url},
          {"marker", requirement.marker.str()}};
}

json about_tags(const json& question) { return texts(lambda_pack::parse_tags(question.at("text").get<std::string>())); }

json about_wheel(const json& question) {
  const auto wheel = lambda_pack::WheelName::parse(question.at("text").get<std::string>());
  if (!wheel) return {{"error", "not the name of a wheel"}};
  return {{"name", wheel->name.str()},
          {"version", wheel->version.str()},
          {"build", wheel->build},
          {"tags", texts(wheel->tags)}};
}

json about_sdist(const json& question) {
  const lambda_pack::DistributionName name(question.at("name").get<std::string>());
  const auto version = lambda_pack::sdist_version(question.at("text").get<std::string>(), name);
  return version ? json(version->str()) : json();
}

json about_target(const json& question) {
  const auto target = target_of(question);
  return {{"tags", texts(compatible_tags(target))}, {"environment", environment_json(marker_environment(target))}};
}

json answer(const json& question) {
  static const std::map<std::string, json (*)(const json&)> kQuestions = {
      {"name", about_name},     {"version", about_version},       {"order", about_order},
      {"marker", about_marker}, {"specifiers", about_specifiers}, {"requirement", about_requirement},
      {"tags", about_tags},     {"wheel", about_wheel},           {"sdist", about_sdist},
      {"target", about_target}};
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
    std::cout << answer(json::parse(line)).dump() << '\n';
  }
}
