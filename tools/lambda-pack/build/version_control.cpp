#include "build/version_control.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/text.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// How projects name the tools that make a version of a tag. A text too many costs a build after a commit.
constexpr std::array<std::string_view, 9> kVersionTools{
    "setuptools_scm", "setuptools-scm",     "setuptools-git-versioning",
    "hatch-vcs",      "dynamic-versioning", "dunamai",
    "versioningit",   "versioneer",         "\"scm\""};

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool takes_its_version_from_git(const fs::path& project) {
  for (const char* name : {"pyproject.toml", "setup.py", "setup.cfg"}) {
    const std::string text = read_file_if_there(project / name).value_or("");
    const auto is_named = [&text](std::string_view tool) { return text.find(tool) != std::string::npos; };
    if (std::any_of(kVersionTools.begin(), kVersionTools.end(), is_named)) return true;
  }
  return false;
}

// The path that a file holds, after `prefix`, relative to the file's folder.
fs::path path_in(const fs::path& file, std::string_view prefix) {
  const std::string text = read_file_if_there(file).value_or("");
  std::string_view line = trimmed(text);
  if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
  return (file.parent_path() / trimmed(line)).lexically_normal();
}

// gitrepository-layout(5): a work tree's own folder has HEAD and its log, the common one has the tags.
void add_history(const fs::path& dot_git, Inputs& inputs) {
  std::error_code error;
  const fs::path own = fs::is_directory(dot_git, error) ? dot_git : path_in(dot_git, "gitdir:");
  const fs::path common = is_there(own / "commondir") ? path_in(own / "commondir", "") : own;
  for (const fs::path& file : {own / "HEAD", own / "logs" / "HEAD", common / "packed-refs"}) {
    if (is_there(file)) inputs.files.insert(file);
  }
  if (is_there(common / "refs" / "tags")) inputs.folders.insert(common / "refs" / "tags");
}

}  // namespace

void add_version_control(const fs::path& project, Inputs& inputs) {
  std::vector<fs::path> rules;
  for (fs::path place = project;; place = place.parent_path()) {
    if (place != project && is_there(place / ".gitignore")) rules.push_back(place / ".gitignore");
    if (is_there(place / ".git")) {
      inputs.files.insert(rules.begin(), rules.end());
      if (takes_its_version_from_git(project)) add_history(place / ".git", inputs);
      return;
    }
    if (place == place.root_path()) return;
  }
}

}  // namespace lambda_pack
