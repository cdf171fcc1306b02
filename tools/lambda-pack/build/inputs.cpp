#include "build/inputs.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "build/never_source.hpp"
#include "build/version_control.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using FileId = std::pair<dev_t, ino_t>;

enum class Kind { file, folder, link_to_folder, other };

struct Entry {
  std::string name;
  Kind kind;
};

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

Kind kind_of(mode_t mode) { return S_ISDIR(mode) ? Kind::folder : S_ISREG(mode) ? Kind::file : Kind::other; }

// The type comes with the name on every usual file system; only links and unknown types need a system call.
Kind kind_of(int folder, const dirent& entry) {
  if (entry.d_type == DT_REG) return Kind::file;
  if (entry.d_type == DT_DIR) return Kind::folder;
  struct stat status{};
  const auto look = [&](int flags) { return fstatat(folder, entry.d_name, &status, flags) == 0; };
  const bool is_link =
      entry.d_type == DT_LNK || (entry.d_type == DT_UNKNOWN && look(AT_SYMLINK_NOFOLLOW) && S_ISLNK(status.st_mode));
  if (entry.d_type != DT_UNKNOWN && !is_link) return Kind::other;
  if (!look(0)) return Kind::other;
  const Kind kind = kind_of(status.st_mode);
  return is_link && kind == Kind::folder ? Kind::link_to_folder : kind;
}

bool is_artifact(const Entry& entry) {
  const std::string_view name = entry.name;
  return entry.kind == Kind::file &&
         (name.ends_with(".whl") || name.ends_with(".tar.gz") || name.ends_with(".zip") || name == ".gitignore");
}

class Walk {
 public:
  Walk(fs::path project, const std::set<fs::path>& leave_out) : project_(std::move(project)) {
    for (const fs::path& path : leave_out) {
      struct stat status{};
      if (stat(path.c_str(), &status) != 0) continue;
      left_out_.emplace(status.st_dev, status.st_ino);
      if (!S_ISDIR(status.st_mode)) left_out_files_.insert(path.filename().string());
    }
  }

  Inputs run() {
    visit(AT_FDCWD, project_, project_.string());
    // Last, so that what is also there under its own name is listed under that one.
    for (std::size_t i = 0; i < links_.size(); ++i) visit(AT_FDCWD, links_[i], links_[i].string(), true);
    return std::move(inputs_);
  }

 private:
  // Lists `path`, which is `name` as seen from the open folder `parent`.
  void visit(int parent, const fs::path& path, const std::string& name, bool through_link = false) {
    const int descriptor = openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // Removed meanwhile, or closed to us and so to a backend as well (a database's volume, say).
    if (descriptor < 0 && path != project_ && (errno == ENOENT || errno == EACCES || errno == EPERM)) return;
    if (descriptor < 0) throw_system_error("listing", path, errno);
    const OpenFolder folder(fdopendir(descriptor));
    struct stat status{};
    if (fstat(descriptor, &status) != 0) throw_system_error("listing", path, errno);
    const FileId id(status.st_dev, status.st_ino);
    if (path != project_ && (left_out_.contains(id) || (through_link && met_.contains(id)))) return;
    const std::vector<Entry> entries = read(*folder, path);
    if (is_made_by_a_tool(path, entries)) return;
    met_.insert(id);
    inputs_.folders.insert(inputs_.folders.end(), path);  // met in the order of the sets
    for (const Entry& entry : entries) take(descriptor, path / entry.name, entry);
  }

  void take(int folder, const fs::path& path, const Entry& entry) {
    if (is_never_source(entry.name)) return;
    switch (entry.kind) {
      case Kind::file:
        if (!is_left_out_file(folder, entry.name)) inputs_.files.insert(inputs_.files.end(), path);
        break;
      case Kind::folder: visit(folder, path, entry.name); break;
      case Kind::link_to_folder: links_.push_back(path); break;
      case Kind::other: break;
    }
  }

  // Only a file of the right name is worth a system call.
  bool is_left_out_file(int folder, const std::string& name) const {
    struct stat status{};
    return left_out_files_.contains(name) && fstatat(folder, name.c_str(), &status, 0) == 0 &&
           left_out_.contains({status.st_dev, status.st_ino});
  }

  static std::vector<Entry> read(DIR& folder, const fs::path& path) {
    std::vector<Entry> entries;
    errno = 0;
    while (const dirent* entry = readdir(&folder)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") entries.push_back({std::string(name), kind_of(dirfd(&folder), *entry)});
      errno = 0;
    }
    if (errno != 0) throw_system_error("listing", path, errno);
    // Sorted here, the sets are filled in their order, and links are met in the same order on every file system.
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
  }

  bool is_made_by_a_tool(const fs::path& path, const std::vector<Entry>& entries) const {
    if (path == project_) return false;
    if (path.filename() == "dist" && path.parent_path() == project_) {
      return std::all_of(entries.begin(), entries.end(), is_artifact);
    }
    return std::any_of(entries.begin(), entries.end(),
                       [](const Entry& entry) { return marks_made_folder(entry.name); });
  }

  fs::path project_;
  std::set<FileId> left_out_;  // by identity, since one folder has many spellings
  std::set<std::string> left_out_files_;
  std::set<FileId> met_;
  std::vector<fs::path> links_;
  Inputs inputs_;
};

}  // namespace

Inputs project_inputs(const fs::path& project, const std::set<fs::path>& leave_out) {
  fs::path folder = fs::absolute(project).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // a trailing slash
  Inputs inputs = Walk(folder, leave_out).run();
  add_version_control(folder, inputs);
  return inputs;
}

}  // namespace lambda_pack
