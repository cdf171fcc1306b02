#include "bundle/stage_tree.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "bundle/stored_wheel.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

// What the marker remembers of a file that was written.
struct StagedFile {
  std::uint32_t size = 0, crc32 = 0;
  bool executable = false;
  std::int64_t modified = 0;  // nanoseconds since 1970

  bool operator==(const StagedFile&) const = default;
};
using StagedFiles = std::map<std::string, StagedFile>;

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

bool is_empty_or_missing(const fs::path& folder) {
  std::error_code error;
  return !fs::exists(fs::symlink_status(folder, error)) ||
         (fs::is_directory(folder, error) && fs::is_empty(folder, error));
}

// A marker that cannot be read counts as one that remembers nothing: every file is written again.
StagedFiles read_marker(const fs::path& folder) {
  StagedFiles files;
  const std::optional<std::string> text = read_file_if_there(folder / kStageMarker);
  if (!text) {
    if (is_empty_or_missing(folder)) return files;
    throw Error(folder.string() + " is not empty and was not made by lambda-pack",
                "choose an empty folder for the stage, or remove that one yourself");
  }
  try {
    const Json marker = Json::parse(*text);
    for (const auto& [path, values] : marker.at("files").items()) {
      files[path] = {values.at(0).get<std::uint32_t>(), values.at(1).get<std::uint32_t>(), values.at(2).get<bool>(),
                     values.at(3).get<std::int64_t>()};
    }
  } catch (const Json::exception&) {
    files.clear();
  }
  return files;
}

void write_marker(const fs::path& folder, const StagedFiles& files) {
  Json marker = {{"files", Json::object()}};
  for (const auto& [path, file] : files) {
    marker["files"][path] = {file.size, file.crc32, file.executable, file.modified};
  }
  write_if_different(folder / kStageMarker, marker.dump() + "\n");
}

// Removes everything that the bundle does not have, also folders that only such things were in, and things of the
// wrong kind. Links are removed, never followed.
std::size_t remove_strays(const fs::path& folder, const std::string& below, const std::set<std::string>& files,
                          const std::set<std::string>& folders) {
  std::size_t removed = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string path = below + entry.path().filename().string();
    if (path == kStageMarker) continue;
    const fs::file_status status = entry.symlink_status();
    if (fs::is_directory(status) && folders.contains(path)) {
      removed += remove_strays(entry.path(), path + "/", files, folders);
    } else if (!fs::is_regular_file(status) || !files.contains(path)) {
      removed += fs::remove_all(entry.path(), error);
      if (error) throw_system_error("removing", entry.path(), error.value());
    }
  }
  if (error) throw_system_error("listing", folder, error.value());
  return removed;
}

class Stager {
 public:
  Stager(const Bundle& bundle, const fs::path& folder, const Unpacker& unpack)
      : bundle_(bundle), folder_(folder), unpack_(unpack) {}

  StageOutcome run() {
    const StagedFiles before = read_marker(folder_);
    make_folder(folder_);
    // First of all, so that a stage that is cut off is still known as ours, and trusts no file that was not finished.
    write_marker(folder_, before);
    list_names();
    outcome_.removed = remove_strays(folder_, "", names_, folders_);
    for (const std::string& folder : folders_) make_folder(folder_ / folder);
    for (const BundleFile& file : bundle_.files()) {
      if (!keep(file, before)) plan(file);
    }
    for (const auto& [source, items] : wanted_) unpack(*source, items);
    for (const auto* file : made_here_) write_content(*file);
    remember();
    write_marker(folder_, after_);
    return outcome_;
  }

 private:
  void list_names() {
    for (const BundleFile& file : bundle_.files()) {
      const std::string& path = file.part.path->str();
      names_.insert(path);
      for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
        folders_.insert(path.substr(0, at));
      }
    }
  }

  static void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw_system_error("making the folder", folder, error.value());
  }

  // Whether the file stands there as it was written from the same content.
  bool keep(const BundleFile& file, const StagedFiles& before) {
    const std::string& path = file.part.path->str();
    const auto known = before.find(path);
    struct stat status{};
    if (known == before.end() || lstat((folder_ / path).c_str(), &status) != 0) return false;
    const StagedFile now{file.part.size, file.part.crc32, file.part.executable, nanoseconds(modification_time(status))};
    const bool executable = (status.st_mode & S_IXUSR) != 0;
    if (now != known->second || static_cast<std::uint64_t>(status.st_size) != now.size ||
        executable != now.executable) {
      return false;
    }
    after_.emplace(path, now);
    ++outcome_.kept;
    return true;
  }

  void plan(const BundleFile& file) {
    ++outcome_.written;
    written_.push_back(&file);
    if (file.entry == nullptr) {
      made_here_.push_back(&file);
    } else {
      wanted_[file.source].push_back({file.entry->path.str(), folder_ / file.part.path->str(), file.part.executable});
    }
  }

  void unpack(const BundleSource& source, const std::vector<StageItem>& items) const {
    try {
      unpack_(source.path, items);
    } catch (const Error&) {
      require_undamaged(source);
      throw;
    }
  }

  void write_content(const BundleFile& file) {
    NewFile out(folder_ / file.part.path->str());
    out.write(bundle_.content(file));
    if (file.part.executable) out.make_executable();
    out.commit();
  }

  void remember() {
    for (const BundleFile* file : written_) {
      const std::string& path = file->part.path->str();
      struct stat status{};
      if (lstat((folder_ / path).c_str(), &status) != 0) throw_system_error("reading", folder_ / path, errno);
      after_[path] = {file->part.size, file->part.crc32, file->part.executable, nanoseconds(modification_time(status))};
    }
  }

  const Bundle& bundle_;
  const fs::path& folder_;
  const Unpacker& unpack_;
  std::set<std::string> names_, folders_;
  std::map<const BundleSource*, std::vector<StageItem>> wanted_;
  std::vector<const BundleFile*> made_here_, written_;
  StagedFiles after_;
  StageOutcome outcome_;
};

}  // namespace

StageOutcome update_stage(const Bundle& bundle, const fs::path& folder, const Unpacker& unpack) {
  return Stager(bundle, folder, unpack).run();
}

}  // namespace lambda_pack
