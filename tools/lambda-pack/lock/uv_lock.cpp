#include "lock/uv_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/git_source.hpp"
#include "lock/plain_toml.hpp"
#include "lock/source_file.hpp"
#include "lock/table.hpp"
#include "lock/toml.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kRemake = "`uv lock` makes it anew";
// Revisions of a version add what older readers may pass over; another version may mean anything.
constexpr int kVersion = 1;

void require_version(const Table& root) {
  const auto* version = root.find("version");
  const bool other = root.find("lock-version") != nullptr || root.find("metadata") != nullptr;
  if (version == nullptr || other) {
    throw Error(fmt::format("{} is no uv.lock: {}", root.file(),
                            other ? "it looks like a lock of another tool" : "it has no version"),
                std::string(kRemake));
  }
  if (!version->is_number_integer() || version->get<int>() != kVersion) {
    throw Error(fmt::format("{} has lock version {}; version {} can be read", root.file(), version->dump(), kVersion),
                "make the lock with a uv whose locks can be read, 0.3 or later");
  }
}

Source read_source(const Table& table) {
  constexpr std::pair<std::string_view, SourceKind> kKinds[] = {{"registry", SourceKind::index},
                                                                {"url", SourceKind::url},
                                                                {"path", SourceKind::file},
                                                                {"directory", SourceKind::directory},
                                                                {"editable", SourceKind::directory},
                                                                {"virtual", SourceKind::directory},
                                                                {"git", SourceKind::git}};
  for (const auto& [key, kind] : kKinds) {
    auto text = table.text(key);
    if (!text) continue;
    if (kind == SourceKind::git) return git_source_of_uv(*text);
    return {kind, *std::move(text), "", "", table.text("subdirectory").value_or(""), key == "editable"};
  }
  throw Error(fmt::format("{}: {} is no known source", table.file(), table.json().dump()), std::string(kRemake));
}

DistributionName read_name(const Table& table) {
  try {
    return DistributionName(table.required_text("name"));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", table.file(), error.what()), std::string(kRemake));
  }
}

// A list of names; uv before 0.3 wrote a single one as a string.
std::set<std::string> read_names(const Table& table, std::string_view key) {
  std::set<std::string> names;
  if (const auto* value = table.find(key); value != nullptr && value->is_string()) {
    names.insert(normalize_name(value->get<std::string>()));
    return names;
  }
  for (const auto& name : table.texts(key)) names.insert(normalize_name(name));
  return names;
}

UvDependency read_dependency(const Table& table) {
  UvDependency dependency;
  dependency.name = read_name(table);
  dependency.version = table.text("version").value_or("");
  if (const auto source = table.table("source")) dependency.source = read_source(*source);
  dependency.extras = read_names(table, "extra");
  dependency.marker = table.text("marker").value_or("");
  return dependency;
}

std::vector<UvDependency> read_dependencies(const Table& table, std::string_view key) {
  std::vector<UvDependency> result;
  for (const auto& entry : table.tables(key)) result.push_back(read_dependency(entry));
  return result;
}

UvEdges read_edges(const Table& package, std::string_view key) {
  UvEdges result;
  const auto table = package.table(key);
  if (!table) return result;
  for (const auto& [name, list] : table->json().items()) {
    result.emplace(normalize_name(name), read_dependencies(*table, name));
  }
  return result;
}

Version read_version(const Table& table, const std::string& text) {
  if (text.empty()) return Version();
  if (const auto version = Version::parse(text)) return *version;
  throw Error(fmt::format("{} {} is no version (PEP 440)", table.place("version"), quote(text)), std::string(kRemake));
}

UvPackage read_package(const Table& table) {
  UvPackage package;
  package.table = &table.json();
  package.name = read_name(table);
  package.version = table.text("version").value_or("");
  package.parsed_version = read_version(table, package.version);
  const auto source = table.table("source");
  if (!source) throw Error(table.place("source") + " is missing", std::string(kRemake));
  package.source = read_source(*source);
  package.is_virtual = source->find("virtual") != nullptr;
  package.dependencies = read_dependencies(table, "dependencies");
  package.extras = read_edges(table, "optional-dependencies");
  package.groups = read_edges(table, table.find("dev-dependencies") ? "dev-dependencies" : "dependency-groups");
  package.resolution_markers = table.texts("resolution-markers");
  return package;
}

// A package's tables tell its name in errors.
Table named_table(const Table& root, const nlohmann::json& table) {
  const auto name = table.find("name");
  const bool has_name = name != table.end() && name->is_string();
  return Table(table, root.file(), "package " + quote(has_name ? name->get<std::string>() : ""));
}

std::vector<std::vector<UvConflictItem>> read_conflicts(const Table& root) {
  std::vector<std::vector<UvConflictItem>> result;
  const auto* sets = root.find("conflicts");
  if (sets == nullptr) return result;
  for (const auto& set : *sets) {
    auto& items = result.emplace_back();
    for (const auto& item : set) {
      const Table table(item, root.file(), "conflicts");
      items.push_back({DistributionName(table.required_text("package")),
                       normalize_name(table.text("extra").value_or("")),
                       normalize_name(table.text("group").value_or(""))});
    }
  }
  return result;
}

// A text of a file's table; large locks have many thousand of them.
const std::string* text_of(const nlohmann::json& file, const char* key, const Table& package) {
  const auto found = file.find(key);
  if (found == file.end()) return nullptr;
  if (found->is_string()) return found->get_ptr<const std::string*>();
  throw Error(fmt::format("{}: {} of a file must be a string", package.place("wheels"), key), std::string(kRemake));
}

LockedFile read_file(const nlohmann::json& table, const Source& source, const Table& package) {
  if (!table.is_object()) throw Error(package.place("wheels") + " must be tables", std::string(kRemake));
  LockedFile file;
  const auto* url = text_of(table, "url", package);
  const auto* path = text_of(table, "path", package);
  if (const auto* name = text_of(table, "filename", package)) {
    file.name = *name;
  } else if (url != nullptr) {
    file.name = file_name_in_url(*url);
  } else if (path != nullptr) {
    file.name = file_name_in_path(*path);
  } else {
    file.name = source.kind == SourceKind::file ? file_name_in_path(source.url) : file_name_in_url(source.url);
  }
  if (const auto* place = url != nullptr ? url : path) file.url = *place;
  if (const auto* text = text_of(table, "hash", package)) {
    if (auto hash = FileHash::parse(*text)) file.hashes.push_back(*std::move(hash));
  }
  const auto size = table.find("size");
  if (size != table.end() && size->is_number_integer() && size->get<std::int64_t>() >= 0) {
    file.size = static_cast<std::uint64_t>(size->get<std::int64_t>());
  }
  return file;
}

void add_wheels(const nlohmann::json& list, const Table& package, const Source& source,
                std::vector<LockedFile>& files) {
  if (!list.is_array()) throw Error(package.place("wheels") + " must be an array of tables", std::string(kRemake));
  files.reserve(list.size() + 1);
  for (const auto& wheel : list) files.push_back(read_file(wheel, source, package));
}

// Adds a file as uv writes it, when it is wanted; false for one whose name does not come from its URL.
bool add_plain_wheel(std::span<const PlainValue> table, const WantedWheel& wanted, std::vector<LockedFile>& files) {
  std::string_view url, hash;
  std::optional<std::uint64_t> size;
  for (const auto& value : table) {
    if (value.key == "url") {
      url = value.text;
    } else if (value.key == "hash") {
      hash = value.text;
    } else if (value.key == "size" && value.number) {
      size = static_cast<std::uint64_t>(*value.number);
    } else if (value.key != "upload-time") {
      return false;
    }
  }
  if (url.empty()) return false;
  auto name = file_name_in_url(url);
  if (wanted && !wanted(name)) return true;
  files.push_back({std::move(name), {}, std::string(url), size});
  if (auto parsed = FileHash::parse(hash)) files.back().hashes.push_back(*std::move(parsed));
  return true;
}

// A list as uv writes it; false, after any number of files, for another one.
bool add_plain_wheels(std::string_view list, const WantedWheel& wanted, std::vector<LockedFile>& files) {
  bool all_plain = true;
  const bool is_list = read_plain_tables(
      list, [&](std::span<const PlainValue> table) { all_plain = all_plain && add_plain_wheel(table, wanted, files); });
  return is_list && all_plain;
}

std::vector<LockedFile> with_sdist(const Table& package, const Source& source, std::vector<LockedFile> files) {
  if (const auto* sdist = package.find("sdist")) files.push_back(read_file(*sdist, source, package));
  return files;
}

}  // namespace

std::string UvConflictItem::str() const {
  if (!extra.empty()) return fmt::format("extra {} of {}", quote(extra), package.str());
  if (!group.empty()) return fmt::format("dependency group {} of {}", quote(group), package.str());
  return "project " + package.str();
}

bool is_local_index(const Source& source) {
  return source.kind == SourceKind::index && source.url.find("://") == std::string::npos;
}

UvLock read_uv_lock(std::string_view text, std::string_view file) {
  UvLock lock;
  lock.document = parse_toml_but("wheels", text, file);
  lock.file = file;
  const auto root = Table::root(lock.document, file);
  require_version(root);
  lock.requires_python = root.text("requires-python").value_or("");
  lock.supported_markers = root.texts("supported-markers");
  lock.conflicts = read_conflicts(root);
  if (const auto manifest = root.table("manifest")) {
    for (const auto& member : manifest->texts("members")) lock.members.emplace(member);
  }
  // uv before 0.3 called them distributions.
  const auto* packages = root.find(root.find("package") ? "package" : "distribution");
  if (packages == nullptr) return lock;
  if (!packages->is_array()) throw Error(root.place("package") + " must be an array of tables", std::string(kRemake));
  lock.packages.reserve(packages->size());
  for (const auto& package : *packages) {
    if (!package.is_object()) throw Error(root.place("package") + " must be an array of tables", std::string(kRemake));
    lock.packages.push_back(read_package(named_table(root, package)));
  }
  return lock;
}

std::vector<LockedFile> read_uv_files(const UvLock& lock, const UvPackage& package, const WantedWheel& wanted) {
  const Table table(*package.table, lock.file, "package " + quote(package.name.str()));
  std::vector<LockedFile> files;
  const auto* wheels = table.find("wheels");
  if (wheels != nullptr && wheels->is_string()) {
    const auto& text = wheels->get_ref<const std::string&>();
    if (add_plain_wheels(text, wanted, files)) return with_sdist(table, package.source, std::move(files));
    files.clear();
    add_wheels(parse_toml_list(text, table.place("wheels")), table, package.source, files);
  } else if (wheels != nullptr) {
    add_wheels(*wheels, table, package.source, files);
  }
  return with_sdist(table, package.source, std::move(files));
}

}  // namespace lambda_pack
