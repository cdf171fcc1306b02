#include "lock/poetry_lock.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/table.hpp"
#include "lock/toml.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kRemake = "`poetry lock` makes it anew";

// Why a document without Poetry's [metadata] is what it is; an empty text when nobody knows.
std::string other_format(const Table& root) {
  if (root.find("lock-version") != nullptr && root.find("packages") != nullptr) return "a pylock.toml (PEP 751)";
  if (root.find("version") != nullptr && root.find("package") != nullptr) return "a uv.lock or Cargo.lock";
  if (root.find("project") != nullptr || root.find("tool") != nullptr) return "a pyproject.toml";
  return "";
}

Table metadata_of(const Table& root) {
  if (const auto metadata = root.table("metadata")) return *metadata;
  const auto kind = other_format(root);
  throw Error(fmt::format("{} is no Poetry lock: it has no [metadata]{}", root.file(),
                          kind.empty() ? "" : " and looks like " + kind),
              std::string(kRemake));
}

// Poetry 1.0 and before wrote no lock-version.
Version lock_version_of(const Table& metadata) {
  const auto text = metadata.text("lock-version").value_or("1.0");
  const auto version = Version::parse(text);
  if (!version || version->release(0) < 1 || version->release(0) >= 3) {
    throw Error(fmt::format("{} has lock version {}; versions 1 and 2 can be read", metadata.file(), quote(text)),
                "make the lock with a Poetry whose locks can be read, 1.x or 2.x");
  }
  return *version;
}

// Poetry 1 wrote no source for its default index, and "legacy" for every other one.
Source read_source(const Table& package) {
  Source source;
  const auto table = package.table("source");
  if (!table) return source;
  const auto type = table->text("type").value_or("legacy");
  const std::pair<std::string_view, SourceKind> kinds[] = {{"legacy", SourceKind::index},
                                                           {"url", SourceKind::url},
                                                           {"file", SourceKind::file},
                                                           {"git", SourceKind::git},
                                                           {"directory", SourceKind::directory}};
  const auto found = std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& k) { return k.first == type; });
  if (found == std::end(kinds)) throw Error(fmt::format("{} {} is no known source", table->place("type"), quote(type)));
  source.kind = found->second;
  source.url = table->text("url").value_or("");
  source.reference = table->text("reference").value_or("");
  source.resolved_reference = table->text("resolved_reference").value_or("");
  source.subdirectory = table->text("subdirectory").value_or("");
  source.editable = source.kind == SourceKind::directory && package.flag("develop", false);
  return source;
}

// A text that every Poetry writes.
std::string required(const Table& table, std::string_view key) {
  auto text = table.text(key);
  if (!text) throw Error(table.place(key) + " is missing", std::string(kRemake));
  return *std::move(text);
}

DistributionName required_name(const Table& table) {
  const auto text = required(table, "name");
  try {
    return DistributionName(text);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", table.file(), error.what()), error.hint());
  }
}

// A list of `{file = …, hash = …}`. One name may come twice, with the hashes that two indexes gave; a hash that is
// none or too weak counts as missing.
std::vector<LockedFile> read_files(const std::vector<Table>& entries) {
  std::vector<LockedFile> files;
  for (const auto& entry : entries) {
    const auto name = required(entry, "file");
    if (name.find_first_of("/\\") != std::string::npos) {
      throw Error(fmt::format("{} {} is no file name", entry.place("file"), quote(name)), std::string(kRemake));
    }
    auto known = std::find_if(files.begin(), files.end(), [&](const LockedFile& file) { return file.name == name; });
    if (known == files.end())
      known = files.insert(files.end(), LockedFile{name, {}, entry.text("url").value_or(""), {}});
    if (const auto hash = FileHash::parse(required(entry, "hash"))) known->hashes.push_back(*hash);
  }
  return files;
}

// `[metadata.files]` by normalised name: its keys are spelled as indexes spell them.
std::map<DistributionName, std::vector<LockedFile>> read_metadata_files(const Table& metadata) {
  std::map<DistributionName, std::vector<LockedFile>> result;
  const auto files = metadata.table("files");
  if (!files) return result;
  for (const auto& [name, list] : files->json().items())
    result[DistributionName(name)] = read_files(files->tables(name));
  return result;
}

// `foo[bar,baz] (>=1.0) ; marker`, of which some locks hold damaged versions: name and extras are all that is
// needed.
std::optional<ExtraMember> read_extra_member(std::string_view text) {
  const auto name_end = std::min(text.size(), text.find_first_of(" [(;<>=!~@,"));
  if (name_end == 0) return std::nullopt;
  ExtraMember member{DistributionName(text.substr(0, name_end)), {}};
  const auto rest = trimmed(text.substr(name_end));
  const auto close = rest.find(']');
  if (rest.empty() || rest[0] != '[' || close == std::string_view::npos) return member;
  for (const auto extra : split(rest.substr(1, close - 1), ',')) {
    if (!trimmed(extra).empty()) member.extras.insert(normalize_name(trimmed(extra)));
  }
  return member;
}

std::map<std::string, std::vector<ExtraMember>> read_extras(const Table& package) {
  std::map<std::string, std::vector<ExtraMember>> result;
  const auto extras = package.table("extras");
  if (!extras) return result;
  for (const auto& [extra, list] : extras->json().items()) {
    auto& members = result[normalize_name(extra)];
    for (const auto& text : extras->texts(extra)) {
      if (auto member = read_extra_member(text)) members.push_back(*std::move(member));
    }
  }
  return result;
}

std::vector<PoetryDependency> read_dependencies(const Table& package, const std::string& label, bool lenient) {
  std::vector<PoetryDependency> result;
  const auto table = package.table("dependencies");
  if (!table) return result;
  for (const auto& [name, value] : table->json().items()) {
    try {
      auto entries = read_poetry_dependency(name, value, fmt::format("{}: {} needs {}", package.file(), label, name));
      std::move(entries.begin(), entries.end(), std::back_inserter(result));
    } catch (const Error& error) {
      if (!lenient) throw Error(error.what(), std::string(kRemake));
      PoetryDependency anything;
      anything.name = DistributionName(name);
      result.push_back(std::move(anything));
    }
  }
  return result;
}

// Poetry writes `<empty>` for a marker that holds nowhere, of packages that are needed by no combination of the
// project's extras and environments any more.
Marker read_marker(const std::string& text, const Table& package, const std::string& label) {
  try {
    return Marker::parse(text == "<empty>" ? "python_version < \"0\"" : text);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: marker of {}: {}", package.file(), label, error.what()), std::string(kRemake));
  }
}

// `groups` and `markers` of lock version 2.1: one marker for all groups, or a table with one for some of them.
void read_groups(const Table& table, LockedPackage& package) {
  for (const auto& group : table.texts("groups")) package.groups.insert(normalize_name(group));
  if (table.find("groups") == nullptr) {
    throw Error(fmt::format("{}: {} has no groups, though the lock's version says it has", table.file(), package.str()),
                std::string(kRemake));
  }
  const auto* markers = table.find("markers");
  if (markers == nullptr) return;
  if (markers->is_string()) {
    const auto marker = read_marker(markers->get<std::string>(), table, package.str());
    for (const auto& group : package.groups) package.markers.emplace(group, marker);
    return;
  }
  const auto by_group = table.table("markers");
  for (const auto& [group, text] : by_group->json().items()) {
    package.markers.emplace(normalize_name(group), read_marker(by_group->required_text(group), table, package.str()));
  }
}

Version read_version(const Table& table, const std::string& text) {
  if (const auto version = Version::parse(text)) return *version;
  throw Error(fmt::format("{} {} is no version (PEP 440)", table.place("version"), quote(text)), std::string(kRemake));
}

PoetryConstraint read_pythons(const Table& table, const std::string& label) {
  try {
    return PoetryConstraint::parse(table.text("python-versions").value_or("*"));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: python-versions of {}: {}", table.file(), label, error.what()), std::string(kRemake));
  }
}

LockedPackage read_package(const Table& table, bool has_groups) {
  LockedPackage package;
  package.name = required_name(table);
  package.version = required(table, "version");
  package.parsed_version = read_version(table, package.version);
  package.pythons = read_pythons(table, package.str());
  package.source = read_source(table);
  package.files = read_files(table.tables("files"));
  package.dependencies = read_dependencies(table, package.str(), has_groups);
  package.extras = read_extras(table);
  if (const auto marker = table.text("marker")) package.marker = read_marker(*marker, table, package.str());
  if (has_groups) read_groups(table, package);
  return package;
}

// A file source has one file among those of its distribution; the others belong to another version or source.
void keep_own_file(LockedPackage& package) {
  if (package.source.kind != SourceKind::file) return;
  const auto name = package.source.url.substr(package.source.url.rfind('/') + 1);
  package.files.erase(std::remove_if(package.files.begin(), package.files.end(),
                                     [&name](const LockedFile& file) { return file.name != name; }),
                      package.files.end());
}

std::vector<Table> package_tables(const Table& root) {
  // Tables of a package have the path "package" in errors, which would not say which one: name it.
  std::vector<Table> result;
  for (const auto& table : root.tables("package")) {
    result.emplace_back(table.json(), root.file(), fmt::format("package {}", quote(required(table, "name"))));
  }
  return result;
}

}  // namespace

PoetryLock read_poetry_lock(std::string_view text, std::string_view file) {
  const auto document = parse_toml(text, file);
  const auto root = Table::root(document, file);
  const auto metadata = metadata_of(root);
  const auto version = lock_version_of(metadata);

  PoetryLock lock;
  lock.file = file;
  lock.has_groups = version >= Version::require("2.1");
  lock.mixed_files = version < Version::require("2.0");
  lock.content_hash = metadata.text("content-hash").value_or("");
  if (version >= Version::require("2.2")) {
    lock.warning = fmt::format("{} has lock version {}, newer than 2.1, the newest known here", file, version.str());
  }
  if (const auto extras = root.table("extras")) {
    for (const auto& [extra, members] : extras->json().items()) lock.extras.insert(normalize_name(extra));
  }
  const auto tables = package_tables(root);
  if (!tables.empty() && metadata.find("files") == nullptr && metadata.find("hashes") != nullptr) {
    throw Error(fmt::format("{} lists hashes without file names, so that no wheel can be chosen from it", file),
                "`poetry lock` makes it anew; so do Poetry 1.1 to 1.8 by `poetry lock --no-update`, which keeps the "
                "versions");
  }
  const auto metadata_files = read_metadata_files(metadata);
  for (const auto& table : tables) {
    auto package = read_package(table, lock.has_groups);
    const auto files = metadata_files.find(package.name);
    if (table.find("files") == nullptr && files != metadata_files.end()) package.files = files->second;
    keep_own_file(package);
    lock.packages.push_back(std::move(package));
  }
  return lock;
}

}  // namespace lambda_pack
