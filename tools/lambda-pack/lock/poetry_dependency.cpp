#include "lock/poetry_dependency.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/requirement.hpp"

namespace lambda_pack {
namespace {

// Runs `read` and tells its error with the place that holds the text.
template <typename Read>
auto at(const std::string& place, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(place + ": " + error.what(), error.hint());
  }
}

[[noreturn]] void wrong_type(std::string_view key, std::string_view type) {
  throw Error(std::string(key) + " must be " + std::string(type));
}

std::string text_of(const nlohmann::json& table, const char* key) {
  const auto found = table.find(key);
  if (found == table.end()) return "";
  if (!found->is_string()) wrong_type(key, "a string");
  return found->get<std::string>();
}

bool flag_of(const nlohmann::json& table, const char* key) {
  const auto found = table.find(key);
  if (found == table.end()) return false;
  if (!found->is_boolean()) wrong_type(key, "true or false");
  return found->get<bool>();
}

std::set<std::string> extras_of(const nlohmann::json& table) {
  std::set<std::string> extras;
  const auto found = table.find("extras");
  if (found == table.end()) return extras;
  if (!found->is_array()) wrong_type("extras", "an array of strings");
  for (const auto& extra : *found) {
    if (!extra.is_string()) wrong_type("extras", "an array of strings");
    extras.insert(normalize_name(extra.get<std::string>()));
  }
  return extras;
}

void read_origin(const nlohmann::json& table, PoetryDependency& dependency) {
  const std::pair<const char*, SourceKind> keys[] = {
      {"git", SourceKind::git}, {"file", SourceKind::file}, {"path", SourceKind::file}, {"url", SourceKind::url}};
  for (const auto& [key, kind] : keys) {
    if (!table.contains(key)) continue;
    dependency.source_kind = kind;
    dependency.source_url = text_of(table, key);
    return;
  }
}

PoetryDependency read_table(const DistributionName& name, const nlohmann::json& table) {
  PoetryDependency dependency;
  dependency.name = name;
  read_origin(table, dependency);
  // The version beside an origin is what Poetry found there, not a wish; it asks for nothing more than the origin.
  if (const auto version = text_of(table, "version"); !dependency.source_kind && !version.empty()) {
    dependency.constraints.push_back(PoetryConstraint::parse(version));
  }
  dependency.extras = extras_of(table);
  dependency.optional = flag_of(table, "optional");
  dependency.source_name = text_of(table, "source");
  if (const auto text = text_of(table, "markers"); !text.empty()) {
    dependency.markers.push_back(Marker::parse(text));
  }
  if (const auto text = text_of(table, "python"); !text.empty()) {
    dependency.pythons.push_back(PoetryConstraint::parse(text));
  }
  if (const auto text = text_of(table, "platform"); !text.empty()) dependency.platforms.push_back(text);
  return dependency;
}

void append_entries(const DistributionName& name, const nlohmann::json& value, std::vector<PoetryDependency>& result) {
  if (value.is_array()) {
    for (const auto& item : value) append_entries(name, item, result);
  } else if (value.is_object()) {
    result.push_back(read_table(name, value));
  } else if (value.is_string()) {
    PoetryDependency dependency;
    dependency.name = name;
    dependency.constraints.push_back(PoetryConstraint::parse(value.get<std::string>()));
    result.push_back(std::move(dependency));
  } else {
    throw Error("it must be a constraint, a table or a list of them");
  }
}

// A generic constraint of Poetry: `linux`, `!=win32`, `linux || darwin`.
bool allows_platform(std::string_view constraint, std::string_view platform) {
  const auto single = [platform](std::string_view text) {
    const auto value_at = std::min(text.size(), text.find_first_not_of("!= "));
    const bool inverted = text.substr(0, 2) == "!=";
    return (text.substr(value_at) == platform || text.substr(value_at) == "*") != inverted;
  };
  for (const auto alternative : split(constraint, '|')) {
    const auto parts = split(trimmed(alternative), ',');
    if (parts.size() == 1 && parts[0].empty()) continue;
    if (std::all_of(parts.begin(), parts.end(), [&](std::string_view part) { return single(trimmed(part)); })) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool PoetryDependency::applies(const Target& target, const std::set<std::string>& asked_extras,
                               bool* depends_on_patch) const {
  const auto environment = marker_environment(target);
  const auto python = Version::require(environment.python_full_version);
  return std::all_of(pythons.begin(), pythons.end(),
                     [&](const PoetryConstraint& constraint) { return constraint.allows_python(python); }) &&
         std::all_of(
             platforms.begin(), platforms.end(),
             [&](const std::string& platform) { return allows_platform(platform, environment.sys_platform); }) &&
         std::all_of(markers.begin(), markers.end(),
                     [&](const Marker& marker) { return holds_on(marker, target, asked_extras, depends_on_patch); });
}

bool PoetryDependency::allows(const Version& version) const {
  return std::all_of(constraints.begin(), constraints.end(),
                     [&version](const PoetryConstraint& constraint) { return constraint.allows(version); });
}

std::string PoetryDependency::str() const {
  std::vector<std::string> texts;
  for (const auto& constraint : constraints) texts.push_back(constraint.str());
  return name.str() + (texts.empty() ? "" : " " + join(texts, ","));
}

std::vector<PoetryDependency> read_poetry_dependency(std::string_view name, const nlohmann::json& value,
                                                     const std::string& place) {
  return at(place, [&] {
    std::vector<PoetryDependency> result;
    append_entries(DistributionName(name), value, result);
    return result;
  });
}

PoetryDependency read_pep508_dependency(const std::string& text, const std::string& place) {
  return at(place, [&] {
    const auto requirement = Requirement::parse(text);
    PoetryDependency dependency;
    dependency.name = requirement.name;
    dependency.extras = requirement.extras;
    if (const auto specifiers = requirement.specifiers.str(); !specifiers.empty()) {
      dependency.constraints.push_back(PoetryConstraint::parse(specifiers));
    }
    if (!requirement.marker.holds_everywhere()) dependency.markers.push_back(requirement.marker);
    if (!requirement.url.empty()) {
      const std::string_view url = requirement.url;
      dependency.source_url = requirement.url;
      dependency.source_kind = url.substr(0, 4) == "git+" || url.substr(0, 4) == "git:" ? SourceKind::git
                               : url.substr(0, 5) == "file:"                            ? SourceKind::file
                                                                                        : SourceKind::url;
    }
    return dependency;
  });
}

}  // namespace lambda_pack
