#include "build/source_tree.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <system_error>

#include "build/never_source.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// At the root: about the project, not of it.
constexpr std::array<std::string_view, 17> kAboutTheProject{
    "pyproject.toml", "poetry.lock",    "poetry.toml",       "uv.lock",
    "uv.toml",        "pdm.lock",       "Pipfile",           "Pipfile.lock",
    "setup.py",       "setup.cfg",      "MANIFEST.in",       "tox.ini",
    "noxfile.py",     "CMakeLists.txt", "CMakePresets.json", "CMakeUserPresets.json",
    "Makefile"};
constexpr std::array<std::string_view, 4> kFoldersBeside{"tests", "test", "build", "dist"};

struct Affixes {
  std::string_view start, end;
};
constexpr std::array<Affixes, 7> kFilesBeside{{{"requirements", ".txt"},
                                               {"requirements", ".in"},
                                               {"pylock.", "toml"},
                                               {"README", ""},
                                               {"LICENSE", ""},
                                               {"test_", ".py"},
                                               {"conftest", ".py"}}};

bool is_beside(const fs::path& path, bool is_folder) {
  const std::string name = path.filename().string();
  const auto is_name = [&name](std::string_view other) { return name == other; };
  if (is_folder) return std::any_of(kFoldersBeside.begin(), kFoldersBeside.end(), is_name);
  if (std::any_of(kAboutTheProject.begin(), kAboutTheProject.end(), is_name)) return true;
  const bool named = std::any_of(kFilesBeside.begin(), kFilesBeside.end(), [&name](const Affixes& affixes) {
    return name.starts_with(affixes.start) && name.ends_with(affixes.end);
  });
  std::error_code ignored;
  const std::string zip =
      name.ends_with(".zip.json") ? path.string().substr(0, path.string().size() - 5) : path.string();
  return named || (zip.ends_with(".zip") && fs::exists(zip, ignored) && fs::exists(zip + ".json", ignored));
}

std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    entries.push_back(*at);
  }
  if (error) throw_system_error("listing", folder, error.value());
  std::sort(entries.begin(), entries.end());
  return entries;
}

class Walk {
 public:
  Walk(fs::path root, const std::set<fs::path>& leave_out) : leave_out_(leave_out) { tree_.root = std::move(root); }

  SourceTree run() {
    visit(tree_.root, "");
    std::sort(tree_.files.begin(), tree_.files.end());
    return std::move(tree_);
  }

 private:
  void visit(const fs::path& folder, const std::string& place) {
    const std::vector<fs::directory_entry> entries = entries_of(folder);
    tree_.listed.insert(folder);
    if (!place.empty() && std::any_of(entries.begin(), entries.end(), is_of_its_own)) return;
    open_.push_back(fs::canonical(folder));
    for (const fs::directory_entry& entry : entries) take(entry, place);
    open_.pop_back();
  }

  static bool is_of_its_own(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    return marks_made_folder(name) || name == "pyproject.toml";
  }

  void take(const fs::directory_entry& entry, const std::string& place) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || is_never_source(name) || leave_out_.contains(entry.path())) return;
    std::error_code error;
    const fs::file_status status = entry.status(error);  // of what a link leads to
    const bool is_folder = fs::is_directory(status);
    if (place.empty() && is_beside(entry.path(), is_folder)) return;
    if (!fs::exists(status)) return warn(entry.path(), "leads nowhere");
    if (is_folder) return enter(entry.path(), place + name);
    if (fs::is_regular_file(status) && !name.ends_with(".pyc")) tree_.files.push_back(place + name);
  }

  void enter(const fs::path& folder, const std::string& place) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (std::find(open_.begin(), open_.end(), real) != open_.end()) return warn(folder, "leads to a folder it is in");
    visit(folder, place + "/");
  }

  void warn(const fs::path& link, const char* what) {
    tree_.warnings.push_back("the link " + link.string() + " " + what + ", and is left out");
  }

  const std::set<fs::path>& leave_out_;
  std::vector<fs::path> open_;  // the folders that are being visited, by their real paths
  SourceTree tree_;
};

bool has_python(const SourceTree& tree) {
  return std::any_of(tree.files.begin(), tree.files.end(),
                     [](const std::string& file) { return file.ends_with(".py"); });
}

// What `src` gives, where it is the root: a folder with Python in it that is no package itself.
std::optional<SourceTree> below_src(const fs::path& src, const std::set<fs::path>& leave_out) {
  std::error_code error;
  if (!fs::is_directory(src, error) || fs::exists(src / "__init__.py", error)) return std::nullopt;
  SourceTree tree = Walk(src, leave_out).run();
  return has_python(tree) ? std::optional(std::move(tree)) : std::nullopt;
}

}  // namespace

bool has_wheel(const Project& project, const fs::path& folder) {
  if (project.kind != ProjectKind::unsaid) return project.kind == ProjectKind::package;
  std::error_code error;
  return fs::exists(folder / "setup.py", error) ||
         read_file_if_there(folder / "setup.cfg").value_or("").find("[metadata]") != std::string::npos;
}

SourceTree source_tree(const fs::path& project, const std::set<fs::path>& leave_out) {
  const fs::path folder = fs::absolute(project).lexically_normal();
  std::optional<SourceTree> below = below_src(folder / "src", leave_out);
  SourceTree tree = below ? *std::move(below) : Walk(folder, leave_out).run();
  tree.listed.insert(folder);  // a `src` may come or go
  return tree;
}

}  // namespace lambda_pack
