#include "lock/pylock_text.hpp"

#include <fmt/format.h>

#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "lock/git_source.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {
namespace {

using Paths = std::function<std::string(const std::string&)>;

// JSON's strings are basic strings of TOML.
std::string text(std::string_view value) { return nlohmann::json(value).dump(); }

std::string entry(const char* key, std::string_view value) {
  return value.empty() ? "" : fmt::format(", {} = {}", key, text(value));
}

std::string file_table(const SelectedDistribution& one, const Paths& path) {
  const auto& file = one.file;
  const bool by_path = one.source.kind == SourceKind::file;
  auto result = "{ name = " + text(file.name);
  // Archives have no name (PEP 751, "packages.archive").
  if (one.source.kind != SourceKind::index) result = "{";
  const auto place = by_path ? entry("path", path(one.source.url)) : entry("url", file.url);
  result += result == "{" ? place.substr(1) : place;
  if (file.size) result += fmt::format(", size = {}", *file.size);
  result += entry("subdirectory", one.source.subdirectory);
  std::vector<std::string> hashes;
  for (const auto& hash : file.hashes) hashes.push_back(fmt::format("{} = {}", hash.algorithm, text(hash.hex)));
  return result + fmt::format(", hashes = {{ {} }} }}", join(hashes));
}

// An address as PEP 751 wants it: scp's `git@host:owner/repo` is none.
std::string git_table(const Source& source, const Paths& path) {
  const auto address = git_address(source);
  const bool is_address = address.find("://") != std::string::npos;
  return "{ type = \"git\"" + (is_address ? entry("url", address) : entry("path", path(source.url))) +
         entry("requested-revision", source.reference) + entry("commit-id", source.resolved_reference) +
         entry("subdirectory", source.subdirectory) + " }";
}

std::string source_line(const SelectedDistribution& one, const Paths& path) {
  switch (one.source.kind) {
    case SourceKind::index: {
      const auto table = file_table(one, path);
      return one.build ? "sdist = " + table : "wheels = [" + table + "]";
    }
    case SourceKind::git: return "vcs = " + git_table(one.source, path);
    case SourceKind::directory:
      return "directory = { path = " + text(path(one.source.url)) + entry("subdirectory", one.source.subdirectory) +
             " }";
    case SourceKind::url:
    case SourceKind::file: break;
  }
  return "archive = " + file_table(one, path);
}

bool is_address(std::string_view url) { return url.find("://") != std::string_view::npos; }

std::string package_table(const SelectedDistribution& one, const Paths& path) {
  auto result = "\n[[packages]]\nname = " + text(one.name.str()) + "\n";
  // What is built from a folder or a repository has the version that its backend says.
  const bool is_built = one.source.kind == SourceKind::directory || one.source.kind == SourceKind::git;
  if (!one.version.empty() && !is_built) result += "version = " + text(one.version) + "\n";
  if (one.source.kind == SourceKind::index && is_address(one.source.url)) {
    result += "index = " + text(one.source.url) + "\n";
  }
  return result + source_line(one, path) + "\n";
}

}  // namespace

bool is_pylock_name(std::string_view name) {
  constexpr std::string_view kStart = "pylock.", kEnd = ".toml";
  if (name == "pylock.toml") return true;
  return name.size() > kStart.size() + kEnd.size() && name.starts_with(kStart) && name.ends_with(kEnd) &&
         split(name, '.').size() == 3;
}

std::string pylock_toml(const Selection& selection, const Target& target, const Paths& path) {
  const auto environment = marker_environment(target);
  auto result = fmt::format(
      "# What a package for {} consists of.\nlock-version = \"1.0\"\n"
      "environments = [\"python_version == '{}' and sys_platform == '{}' and platform_machine == '{}'\"]\n"
      "requires-python = \"=={}.*\"\ncreated-by = \"lambda-pack\"\npackages = []\n",
      target.str(), environment.python_version, environment.sys_platform, environment.platform_machine,
      environment.python_version);
  if (selection.distributions.empty()) return result;
  result.erase(result.rfind("packages"));
  for (const auto& one : selection.distributions) result += package_table(one, path);
  return result;
}

}  // namespace lambda_pack
