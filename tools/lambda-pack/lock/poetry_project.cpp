#include "lock/poetry_project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/table.hpp"

namespace lambda_pack {
namespace {

using Dependencies = std::vector<PoetryDependency>;

// A group before its includes are followed.
struct Group {
  Dependencies standard;  // of [project] or [dependency-groups]
  Dependencies poetry;    // of [tool.poetry]
  std::vector<std::string> includes;
};

using Groups = std::map<std::string, Group>;

void append(Dependencies& to, Dependencies from) { std::move(from.begin(), from.end(), std::back_inserter(to)); }

// A table of [tool.poetry]; `python` in it is no distribution.
Dependencies read_poetry_table(const std::optional<Table>& table) {
  Dependencies result;
  if (!table) return result;
  for (const auto& [name, value] : table->json().items()) {
    if (lowered(name) != "python") append(result, read_poetry_dependency(name, value, table->place(name)));
  }
  return result;
}

void read_pep735_groups(const Table& root, Groups& groups) {
  const auto tables = root.table("dependency-groups");
  if (!tables) return;
  for (const auto& [name, list] : tables->json().items()) {
    auto& group = groups[normalize_name(name)];
    if (!list.is_array()) throw Error(tables->place(name) + " must be an array (PEP 735)");
    for (const auto& item : list) {
      if (item.is_string()) {
        group.standard.push_back(read_pep508_dependency(item.get<std::string>(), tables->place(name)));
      } else if (item.is_object() && item.contains("include-group")) {
        group.includes.push_back(normalize_name(Table(item, root.file(), name).required_text("include-group")));
      } else {
        throw Error(tables->place(name) + " holds neither a requirement nor an include-group (PEP 735)");
      }
    }
  }
}

void read_poetry_groups(const Table& poetry, Groups& groups, std::set<std::string>& optional) {
  if (const auto tables = poetry.table("group")) {
    for (const auto& [name, value] : tables->json().items()) {
      const auto table = tables->table(name);
      auto& group = groups[normalize_name(name)];
      append(group.poetry, read_poetry_table(table->table("dependencies")));
      if (table->flag("optional", false)) optional.insert(normalize_name(name));
      for (const auto& include : table->texts("include-groups")) group.includes.push_back(normalize_name(include));
    }
  }
  if (poetry.find("dev-dependencies") != nullptr) {
    append(groups["dev"].poetry, read_poetry_table(poetry.table("dev-dependencies")));
  }
}

void read_pep621(const Table& project, PoetryProject& result, Group& main) {
  for (const auto& text : project.texts("dependencies")) {
    main.standard.push_back(read_pep508_dependency(text, project.place("dependencies")));
  }
  const auto extras = project.table("optional-dependencies");
  if (!extras) return;
  for (const auto& [extra, list] : extras->json().items()) {
    auto& names = result.extras[normalize_name(extra)];
    for (const auto& text : extras->texts(extra)) {
      auto dependency = read_pep508_dependency(text, extras->place(extra));
      dependency.optional = true;
      dependency.in_extras = {normalize_name(extra)};
      names.insert(dependency.name);
      main.standard.push_back(std::move(dependency));
    }
  }
}

void read_poetry_extras(const Table& poetry, PoetryProject& result) {
  const auto extras = poetry.table("extras");
  if (!extras) return;
  for (const auto& [extra, list] : extras->json().items()) {
    auto& names = result.extras[normalize_name(extra)];
    for (const auto& name : extras->texts(extra)) names.insert(DistributionName(name));
  }
}

// [project] says in `dynamic` that [tool.poetry.dependencies] completes its lists: the half that is missing there
// (optional or not) comes from [tool.poetry].
Dependencies with_dynamic(const Group& main) {
  auto result = main.standard;
  const auto optional = [](const PoetryDependency& dependency) { return dependency.optional; };
  const auto optionals = std::count_if(result.begin(), result.end(), optional);
  const bool uniform = optionals == 0 || optionals == static_cast<std::ptrdiff_t>(result.size());
  if (!uniform) return result;
  const bool wanted = optionals == 0;
  std::copy_if(main.poetry.begin(), main.poetry.end(), std::back_inserter(result),
               [wanted](const PoetryDependency& dependency) { return dependency.optional == wanted; });
  return result;
}

template <typename Item>
void append_all(std::vector<Item>& to, const std::vector<Item>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// A standard entry with what [tool.poetry] says of the same distribution: its source, and narrower markers and
// constraints.
PoetryDependency enriched(const PoetryDependency& standard, const PoetryDependency& poetry) {
  auto result = standard;
  append_all(result.constraints, poetry.constraints);
  append_all(result.markers, poetry.markers);
  append_all(result.pythons, poetry.pythons);
  append_all(result.platforms, poetry.platforms);
  if (!result.source_kind) {
    result.source_kind = poetry.source_kind;
    result.source_url = poetry.source_url;
    result.source_name = poetry.source_name;
  }
  return result;
}

Dependencies merged(const Group& group, bool dynamic) {
  if (group.poetry.empty()) return group.standard;
  if (group.standard.empty()) return group.poetry;
  Dependencies result;
  for (const auto& standard : dynamic ? with_dynamic(group) : group.standard) {
    const auto before = result.size();
    for (const auto& poetry : group.poetry) {
      if (poetry.name == standard.name) result.push_back(enriched(standard, poetry));
    }
    if (result.size() == before) result.push_back(standard);
  }
  return result;
}

// Depth first over the includes; `path` finds circles, which PEP 735 forbids.
Dependencies with_includes(const std::string& name, const Groups& groups, bool dynamic, const std::string& file,
                           std::vector<std::string>& path) {
  const auto found = groups.find(name);
  if (found == groups.end()) {
    throw Error(fmt::format("{}: dependency group {} includes {}, which does not exist", file, quote(path.back()),
                            quote(name)));
  }
  if (std::find(path.begin(), path.end(), name) != path.end()) {
    throw Error(fmt::format("{}: dependency group {} includes itself", file, quote(name)));
  }
  auto result = merged(found->second, dynamic && name == kMainGroup);
  path.push_back(name);
  for (const auto& include : found->second.includes) {
    append(result, with_includes(include, groups, dynamic, file, path));
  }
  path.pop_back();
  return result;
}

PoetryConstraint python_constraint(const std::string& text, const std::string& place) {
  try {
    return PoetryConstraint::parse(text);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", place, error.what()), "Pythons are named like >=3.9, >=3.9,<4, ^3.9 or ~3.12");
  }
}

std::optional<PoetryConstraint> read_pythons(const std::optional<Table>& project, const std::optional<Table>& poetry) {
  if (poetry) {
    if (const auto dependencies = poetry->table("dependencies")) {
      for (const auto& [name, value] : dependencies->json().items()) {
        if (lowered(name) == "python" && value.is_string())
          return python_constraint(value.get<std::string>(), dependencies->place(name));
      }
    }
  }
  const auto text = project ? project->text("requires-python") : std::nullopt;
  return text ? std::optional(python_constraint(*text, project->place("requires-python"))) : std::nullopt;
}

std::optional<DistributionName> valid_name(const std::string& name) {
  try {
    return DistributionName(name);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool mentions_dependencies(const std::vector<std::string>& dynamic) {
  return std::any_of(dynamic.begin(), dynamic.end(),
                     [](const std::string& key) { return key == "dependencies" || key == "optional-dependencies"; });
}

}  // namespace

PoetryProject read_poetry_project(const nlohmann::json& document, std::string_view file) {
  const auto root = Table::root(document, file);
  const auto project = root.table("project");
  const auto tool = root.table("tool");
  const auto poetry = tool ? tool->table("poetry") : std::nullopt;

  PoetryProject result;
  result.file = file;
  result.pythons = read_pythons(project, poetry);
  Groups groups;
  auto& main = groups[std::string(kMainGroup)];
  auto name = project ? project->text("name") : std::nullopt;
  if (project) read_pep621(*project, result, main);
  read_pep735_groups(root, groups);
  if (poetry) {
    if (!name) name = poetry->text("name");
    // Extras of [tool.poetry] count only where [project] declares no dependencies.
    if (main.standard.empty()) read_poetry_extras(*poetry, result);
    main.poetry = read_poetry_table(poetry->table("dependencies"));
    read_poetry_groups(*poetry, groups, result.optional_groups);
  }
  if (name) result.name = valid_name(*name);
  const bool dynamic = project && mentions_dependencies(project->texts("dynamic"));
  for (const auto& [group, contents] : groups) {
    std::vector<std::string> path;
    result.groups[group] = with_includes(group, groups, dynamic, result.file, path);
  }
  return result;
}

}  // namespace lambda_pack
