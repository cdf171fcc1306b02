#include "lock/project.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/table.hpp"
#include "lock/toml.hpp"

namespace lambda_pack {
namespace {

// PEP 518: without `build-backend`, setuptools' legacy one.
constexpr std::string_view kDefaultBackend = "setuptools.build_meta:__legacy__";

std::optional<BuildSystem> build_system_of(const Table& root) {
  const auto table = root.table("build-system");
  if (!table) return std::nullopt;
  if (table->find("requires") == nullptr) {
    throw Error(table->place("requires") + " is missing",
                "PEP 518 wants it: requires = [\"poetry-core\"], for instance");
  }
  return BuildSystem{table->texts("requires"), table->text("build-backend").value_or(std::string(kDefaultBackend)),
                     table->texts("backend-path")};
}

// Poetry's `[[tool.poetry.source]]`; before Poetry 1.5 priorities were the flags `default` and `secondary`.
std::vector<ProjectIndex> read_indexes(const Table& poetry) {
  std::vector<ProjectIndex> indexes;
  for (const auto& source : poetry.tables("source")) {
    auto priority = source.text("priority").value_or("");
    if (priority.empty() && source.flag("default", false)) priority = "default";
    if (priority.empty() && source.flag("secondary", false)) priority = "secondary";
    indexes.push_back({source.required_text("name"), source.text("url").value_or(""), std::move(priority)});
  }
  return indexes;
}

// uv's `[[tool.uv.index]]`; the name is for credentials, and optional.
void add_uv_indexes(const Table& uv, std::vector<ProjectIndex>& indexes) {
  for (const auto& index : uv.tables("index")) {
    indexes.push_back({index.text("name").value_or(""), index.text("url").value_or(""),
                       index.flag("explicit", false) ? "explicit" : ""});
  }
}

std::optional<std::string> written_name(const Table& root, const std::optional<Table>& poetry) {
  if (const auto project = root.table("project")) {
    if (auto name = project->text("name")) return name;
  }
  return poetry ? poetry->text("name") : std::nullopt;
}

// Poetry takes a project of its own for a package unless told otherwise, uv one with a [build-system].
ProjectKind kind_of(const std::optional<Table>& poetry, const std::optional<Table>& uv, bool has_build_system) {
  const auto said = [](bool is_package) { return is_package ? ProjectKind::package : ProjectKind::files; };
  if (poetry && poetry->find("package-mode") != nullptr) return said(poetry->flag("package-mode", true));
  if (uv && uv->find("package") != nullptr) return said(uv->flag("package", true));
  return poetry || has_build_system ? ProjectKind::package : ProjectKind::unsaid;
}

DistributionName valid_name(const std::string& name, std::string_view file) {
  try {
    return DistributionName(name);
  } catch (const Error&) {
    throw Error(std::string(file) + ": the project's name " + quote(name) + " is no valid name",
                "letters, digits, '-', '_' and '.', with a letter or digit at both ends (PEP 508)");
  }
}

}  // namespace

std::optional<BuildSystem> read_build_system(std::string_view text, std::string_view file) {
  const auto document = parse_toml(text, file);
  return build_system_of(Table::root(document, file));
}

Project read_project(std::string_view text, std::string_view file) {
  const auto document = parse_toml(text, file);
  const auto root = Table::root(document, file);
  const auto tool = root.table("tool");
  const auto poetry = tool ? tool->table("poetry") : std::nullopt, uv = tool ? tool->table("uv") : std::nullopt;

  Project project;
  project.build_system = build_system_of(root);
  project.kind = kind_of(poetry, uv, project.build_system.has_value());
  if (poetry) {
    project.indexes = read_indexes(*poetry);
    // As `poetry build` does. PEP 517's setuptools would package nothing of what [tool.poetry] describes.
    if (!project.build_system) project.build_system = BuildSystem{{"poetry-core"}, "poetry.core.masonry.api", {}};
  }
  if (uv) add_uv_indexes(*uv, project.indexes);
  if (const auto name = written_name(root, poetry)) {
    // Poetry lets a project that is no package be called anything.
    if (project.kind != ProjectKind::files) project.name = valid_name(*name, file);
  } else if (project.kind == ProjectKind::package) {
    throw Error(std::string(file) + " gives the project no name",
                "set `name` in its [project] table, or in [tool.poetry] for Poetry before 2.0");
  }
  return project;
}

}  // namespace lambda_pack
