#include "lock/pylock.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/source_file.hpp"
#include "lock/table.hpp"
#include "lock/toml.hpp"

namespace lambda_pack {
namespace {

// The command by which the tool that wrote the lock writes it again.
std::string remake_command(const std::string& created_by) {
  if (created_by == "uv") return "`uv export --format pylock.toml -o <file>` makes it anew";
  if (created_by == "pdm") return "`pdm export -f pylock -o <file>` makes it anew";
  if (created_by == "pip") return "`pip lock` makes it anew";
  return "the tool that wrote the lock" + (created_by.empty() ? "" : " (" + created_by + ")") + " makes it anew";
}

void require_version(const Table& root, Pylock& lock) {
  const auto text = root.text("lock-version");
  if (!text || root.find("metadata") != nullptr) {
    throw Error(fmt::format("{} is no pylock.toml (PEP 751): {}", root.file(),
                            text ? "it looks like a lock of Poetry" : "it has no lock-version"),
                "a pylock.toml is what `uv export --format pylock.toml` writes, for instance");
  }
  const auto version = Version::parse(*text);
  if (!version || version->release(0) != 1) {
    throw Error(fmt::format("{} has lock version {}; version 1 can be read", root.file(), quote(*text)),
                "make the lock with a tool that writes lock-version 1.0");
  }
  if (version->release(1) > 0) {
    lock.warnings.push_back(
        fmt::format("{} has lock version {}, newer than 1.0, which is known here", root.file(), *text));
  }
}

std::set<std::string> read_names(const Table& table, std::string_view key) {
  std::set<std::string> names;
  for (const auto& name : table.texts(key)) names.insert(normalize_name(name));
  return names;
}

// [packages.*.hashes]; weaker ones count as missing.
std::vector<FileHash> read_hashes(const Table& table) {
  std::vector<FileHash> hashes;
  const auto entries = table.table("hashes");
  if (!entries) return hashes;
  for (const auto& [algorithm, digest] : entries->json().items()) {
    if (const auto hash = FileHash::parse(algorithm + ":" + entries->required_text(algorithm))) hashes.push_back(*hash);
  }
  return hashes;
}

LockedFile read_file(const Table& table) {
  LockedFile file;
  const auto url = table.text("url"), path = table.text("path");
  if (!url && !path) throw Error(table.place("url") + " is missing, and so is path");
  file.name = table.text("name").value_or(path ? file_name_in_path(*path) : file_name_in_url(*url));
  file.url = path ? *path : *url;
  file.hashes = read_hashes(table);
  const auto* size = table.find("size");
  if (size != nullptr && size->is_number_integer() && size->get<std::int64_t>() > 0) {
    file.size = static_cast<std::uint64_t>(size->get<std::int64_t>());
  }
  return file;
}

// The specification's other kinds of version control need programs that hardly anybody has.
void require_git(const Table& vcs, const PylockPackage& package) {
  const auto type = vcs.required_text("type");
  if (type == "git") return;
  throw Error(fmt::format("{}: package {} comes from version control of the type {}; git can be read", vcs.file(),
                          quote(package.name.str()), quote(type)),
              "depend on it by git, path, url or index; or leave it out with PROVIDED " + package.name.str());
}

void read_sources(const Table& table, PylockPackage& package) {
  const auto vcs = table.table("vcs"), directory = table.table("directory"), archive = table.table("archive"),
             sdist = table.table("sdist");
  const auto wheels = table.tables("wheels");
  const bool from_index = sdist || !wheels.empty();
  if (int{vcs.has_value()} + int{directory.has_value()} + int{archive.has_value()} + int{from_index} != 1) {
    throw Error(fmt::format("{}: package {} must have one of vcs, directory, archive, or wheels and sdist",
                            table.file(), quote(package.name.str())));
  }
  if (vcs) {
    require_git(*vcs, package);
    package.source = {SourceKind::git, vcs->text("url").value_or(vcs->text("path").value_or("")),
                      vcs->text("requested-revision").value_or(""), vcs->text("commit-id").value_or(""),
                      vcs->text("subdirectory").value_or("")};
  } else if (directory) {
    package.source = {SourceKind::directory,
                      directory->required_text("path"),
                      "",
                      "",
                      directory->text("subdirectory").value_or(""),
                      directory->flag("editable", false)};
  } else if (archive) {
    auto file = read_file(*archive);
    const bool is_path = archive->find("path") != nullptr;
    package.source = {is_path ? SourceKind::file : SourceKind::url, file.url, "", "",
                      archive->text("subdirectory").value_or("")};
    if (is_path) file.url.clear();
    package.files = {std::move(file)};
  } else {
    package.source.url = table.text("index").value_or("");
    for (const auto& wheel : wheels) package.files.push_back(read_file(wheel));
    if (sdist) package.files.push_back(read_file(*sdist));
  }
}

Marker marker_at(const std::string& text, const std::string& place) {
  try {
    return Marker::parse(text);
  } catch (const Error& error) {
    throw Error(place + ": " + error.what(), error.hint());
  }
}

PylockPackage read_package(const Table& table) {
  PylockPackage package;
  package.name = DistributionName(table.required_text("name"));
  package.version = table.text("version").value_or("");
  if (!package.version.empty()) {
    const auto version = Version::parse(package.version);
    if (!version) {
      throw Error(fmt::format("{} {} is no version (PEP 440)", table.place("version"), quote(package.version)));
    }
    package.parsed_version = *version;
  }
  package.marker = marker_at(table.text("marker").value_or(""), table.place("marker"));
  package.requires_python = table.text("requires-python").value_or("");
  for (const auto& dependency : table.tables("dependencies")) {
    package.dependencies.emplace_back(dependency.required_text("name"));
  }
  read_sources(table, package);
  return package;
}

}  // namespace

LockLabel Pylock::label() const { return {file, remake_command(created_by)}; }

Pylock read_pylock(std::string_view text, std::string_view file) {
  Pylock lock;
  lock.file = file;
  const auto document = parse_toml(text, file);
  const auto root = Table::root(document, file);
  require_version(root, lock);
  lock.created_by = root.text("created-by").value_or("");
  lock.requires_python = root.text("requires-python").value_or("");
  lock.environments = root.texts("environments");
  for (const auto& marker : lock.environments) marker_at(marker, root.place("environments"));
  lock.extras = read_names(root, "extras");
  lock.groups = read_names(root, "dependency-groups");
  lock.default_groups = read_names(root, "default-groups");
  for (const auto& table : root.tables("packages")) {
    const auto name = table.required_text("name");
    lock.packages.push_back(read_package(Table(table.json(), file, "package " + quote(name))));
  }
  return lock;
}

}  // namespace lambda_pack
