#include "lock/uv_project.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/table.hpp"

namespace lambda_pack {
namespace {

Requirement read_requirement(const std::string& text, const std::string& place) {
  try {
    return Requirement::parse(text);
  } catch (const Error& error) {
    throw Error(place + ": " + error.what(), error.hint());
  }
}

std::vector<Requirement> read_requirements(const Table& table, std::string_view key) {
  std::vector<Requirement> result;
  for (const auto& text : table.texts(key)) result.push_back(read_requirement(text, table.place(key)));
  return result;
}

// Reads [dependency-groups], each group with the groups it includes (PEP 735).
class GroupReader {
 public:
  explicit GroupReader(const Table& groups) : groups_(groups) {
    for (const auto& [name, list] : groups.json().items()) written_.emplace(normalize_name(name), name);
  }

  std::map<std::string, std::vector<Requirement>> read() {
    std::map<std::string, std::vector<Requirement>> result;
    for (const auto& [name, written] : written_) add(name, result[name]);
    return result;
  }

 private:
  void add(const std::string& group, std::vector<Requirement>& requirements) {
    const auto& written = written_.at(group);
    const auto place = groups_.place(written);
    if (!open_.insert(group).second) throw Error(place + " includes itself");
    const auto* list = groups_.find(written);
    if (!list->is_array()) throw Error(place + " must be an array");
    for (const auto& item : *list) {
      if (item.is_string()) {
        requirements.push_back(read_requirement(item.get<std::string>(), place));
      } else {
        add(included(item, place), requirements);
      }
    }
    open_.erase(group);
  }

  std::string included(const nlohmann::json& item, const std::string& place) const {
    const auto include = item.is_object() ? item.find("include-group") : item.end();
    if (!item.is_object() || include == item.end() || !include->is_string()) {
      throw Error(place + " must have requirements and {include-group = \"...\"} only");
    }
    auto name = normalize_name(include->get<std::string>());
    if (written_.count(name) == 0) throw Error(place + " includes the group " + quote(name) + ", which is not there");
    return name;
  }

  const Table& groups_;
  std::map<std::string, std::string> written_;  // by normalised name
  std::set<std::string> open_;
};

std::set<std::string> read_default_groups(const Table& uv, const UvProject& project) {
  std::set<std::string> result;
  const auto* value = uv.find("default-groups");
  if (value != nullptr && value->is_string()) {  // "all"
    for (const auto& [group, requirements] : project.groups) result.insert(group);
    return result;
  }
  for (const auto& group : uv.texts("default-groups")) result.insert(normalize_name(group));
  return result;
}

void read_tool_uv(const Table& uv, UvProject& project) {
  auto dev = read_requirements(uv, "dev-dependencies");
  if (uv.find("dev-dependencies") != nullptr) {
    auto& group = project.groups["dev"];
    std::move(dev.begin(), dev.end(), std::back_inserter(group));
  }
  if (uv.find("default-groups") != nullptr) project.default_groups = read_default_groups(uv, project);
}

bool needs_itself(const UvProject& project) {
  const auto is_itself = [&project](const Requirement& requirement) { return requirement.name == project.name; };
  return std::any_of(project.extras.begin(), project.extras.end(), [&](const auto& extra) {
    return std::any_of(extra.second.begin(), extra.second.end(), is_itself);
  });
}

void read_standard(const Table& table, UvProject& project) {
  if (const auto name = table.text("name")) project.name = DistributionName(*name);
  project.dependencies = read_requirements(table, "dependencies");
  if (const auto extras = table.table("optional-dependencies")) {
    for (const auto& [extra, list] : extras->json().items()) {
      project.extras[normalize_name(extra)] = read_requirements(*extras, extra);
    }
  }
  const auto dynamic = table.texts("dynamic");
  const auto is_dynamic = [&dynamic](const char* key) {
    return std::find(dynamic.begin(), dynamic.end(), key) != dynamic.end();
  };
  project.comparable = !is_dynamic("dependencies") && !is_dynamic("optional-dependencies") && !needs_itself(project);
}

// The specifiers in one form, however they are spelled: sorted, versions normalised.
std::string plain_specifiers(std::string_view text) {
  std::vector<std::string> parts;
  for (auto part : split(text, ',')) {
    part = trimmed(part);
    const auto end = std::min(part.size(), part.find_first_not_of("<>=!~"));
    const auto operation = part.substr(0, end);
    auto version = trimmed(part.substr(end));
    const bool wildcard = version.size() > 2 && version.substr(version.size() - 2) == ".*";
    if (wildcard) version.remove_suffix(2);
    const auto parsed = operation == "===" ? std::nullopt : Version::parse(version);
    parts.push_back(std::string(operation) + (parsed ? parsed->str() : std::string(version)) + (wildcard ? ".*" : ""));
  }
  std::sort(parts.begin(), parts.end());
  return join(parts, ",");
}

// One requirement of either side, as far as both can be told apart without markers' algebra.
struct Plain {
  DistributionName name;
  std::set<std::string> extras;
  std::string specifiers;
  bool applies;  // on the target, with all extras
  bool direct;   // has a place of its own, which drops the specifiers

  std::string str(const std::set<DistributionName>& without_specifiers) const {
    return fmt::format("{}[{}]{}", name.str(), fmt::join(extras, ","),
                       without_specifiers.count(name) > 0 ? "" : specifiers);
  }
};

using Plains = std::vector<Plain>;

Plains locked_requirements(const Table& table, std::string_view key, const Target& target,
                           const std::set<std::string>& extras) {
  Plains result;
  for (const auto& entry : table.tables(key)) {
    Plain plain{DistributionName(entry.required_text("name")), {}, "", false, false};
    for (const auto& extra : entry.texts("extras")) plain.extras.insert(normalize_name(extra));
    plain.specifiers = plain_specifiers(entry.text("specifier").value_or(""));
    plain.applies = holds_on(Marker::parse(entry.text("marker").value_or("")), target, extras);
    for (const char* place : {"url", "git", "path", "directory", "editable", "virtual"}) {
      plain.direct = plain.direct || entry.find(place) != nullptr;
    }
    result.push_back(std::move(plain));
  }
  return result;
}

void add_written(const std::vector<Requirement>& requirements, const Target& target,
                 const std::set<std::string>& extras, Plains& plains) {
  for (const auto& requirement : requirements) {
    plains.push_back({requirement.name, requirement.extras, plain_specifiers(requirement.specifiers.str()),
                      holds_on(requirement.marker, target, extras), !requirement.url.empty()});
  }
}

// A source of its own may take the place of one requirement's specifiers in the lock alone, and sources told apart by
// markers divide a requirement into several that apply in different places.
bool same(const Plains& locked, const Plains& written) {
  std::set<DistributionName> direct;
  for (const auto* side : {&locked, &written}) {
    for (const auto& plain : *side) {
      if (plain.direct) direct.insert(plain.name);
    }
  }
  const auto texts = [&direct](const Plains& plains, bool only_applying) {
    std::set<std::string> result;
    for (const auto& plain : plains) {
      if (plain.applies || !only_applying) result.insert(plain.str(direct));
    }
    return result;
  };
  return texts(locked, true) == texts(written, true) && texts(locked, false) == texts(written, false);
}

std::set<std::string> group_names(const std::optional<Table>& groups) {
  std::set<std::string> names;
  if (!groups) return names;
  for (const auto& [name, list] : groups->json().items()) names.insert(name);
  return names;
}

bool same_groups(const std::optional<Table>& locked, const UvProject& project, const Target& target) {
  std::set<std::string> written_names;
  for (const auto& [name, requirements] : project.groups) written_names.insert(name);
  if (group_names(locked) != written_names) return false;
  for (const auto& [name, requirements] : project.groups) {
    Plains written;
    add_written(requirements, target, {}, written);
    if (!same(locked_requirements(*locked, name, target, {}), written)) return false;
  }
  return true;
}

}  // namespace

UvProject read_uv_project(const nlohmann::json& document, std::string_view file) {
  UvProject project;
  project.file = file;
  project.default_groups = {"dev"};
  const auto root = Table::root(document, file);
  if (const auto table = root.table("project")) {
    read_standard(*table, project);
  } else {
    project.comparable = false;
  }
  if (const auto groups = root.table("dependency-groups")) project.groups = GroupReader(*groups).read();
  const auto tool = root.table("tool");
  if (const auto uv = tool ? tool->table("uv") : std::nullopt) read_tool_uv(*uv, project);
  return project;
}

bool fits_uv_project(const UvPackage& package, const UvLock& lock, const UvProject& project, const Target& target) {
  const Table table(*package.table, lock.file, "package " + quote(package.name.str()));
  const auto metadata = table.table("metadata");
  if (!metadata) return true;
  if (!same_groups(metadata->table("requires-dev"), project, target)) return false;
  if (!project.comparable) return true;
  std::set<std::string> extras;
  Plains written;
  add_written(project.dependencies, target, {}, written);
  for (const auto& [extra, requirements] : project.extras) {
    extras.insert(extra);
    add_written(requirements, target, {extra}, written);
  }
  return same(locked_requirements(*metadata, "requires-dist", target, extras), written);
}

}  // namespace lambda_pack
