// Files: read whole, mapped, replaced at once.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lambda_pack {

// The file's bytes. Throws Error naming the path and the system's reason.
std::string read_file(const std::filesystem::path& path);

// The same, or nothing when there is no such file.
std::optional<std::string> read_file_if_there(const std::filesystem::path& path);

// Calls `take` with the file's bytes in order, up to 256 KiB at a time, until it returns false. Throws Error as
// read_file does.
void read_in_pieces(const std::filesystem::path& path, const std::function<bool(std::span<const std::byte>)>& take);

// A file mapped read-only for as long as the object lives; movable.
class MappedFile {
 public:
  // Throws Error naming the path and the system's reason. An empty file has an empty span.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  // Gives the pages back to the system; they come again when they are read. For what was read once.
  void release() const noexcept;
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const std::byte> bytes_;
};

// When the file was last written: st_mtim, which macOS calls differently.
timespec modification_time(const struct stat& status);

// A text that changes when the file does: its path, where it is on the disk, its size, and the times of its content and
// of its inode, of which no program can set the latter.
std::string file_identity(const std::filesystem::path& path);

// A new file that appears under its own name only when commit() succeeds: written beside the target, renamed over
// it. Removed when it is not committed, also when the program is interrupted. Parent folders are made.
class NewFile {
 public:
  // Throws Error naming the target and the system's reason (folder not writable, disk full).
  explicit NewFile(std::filesystem::path target);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  // Takes the room for all that will be written, where the file system can: a full disk shows before anything is
  // written, and ext4 does not hold up commit() until a large file that replaces another is on its way to the disk (a
  // third of the time of writing 90 MB). Throws Error naming the target and the system's reason.
  void reserve(std::uint64_t bytes);
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  // Writes all pieces with as few system calls as possible.
  void write_pieces(std::span<const std::span<const std::byte>> pieces);
  int descriptor() const noexcept { return descriptor_; }
  const std::filesystem::path& temporary() const noexcept { return temporary_; }
  void make_executable();
  // Goes on with the file `begun`, which is moved, as if all of its bytes had been written here. False, and nothing is
  // done, where it cannot be moved: not there, or on another file system.
  bool take_over(const std::filesystem::path& begun);
  // Puts the file in place of the target.
  void commit();

 private:
  std::filesystem::path target_, temporary_;
  int descriptor_ = -1;
  int cleanup_slot_ = -1;
};

// Writes `text` to `path` through NewFile unless the file already holds exactly that; whether it wrote.
bool write_if_different(const std::filesystem::path& path, std::string_view text);

// Whether two files hold the same bytes; false when one is missing.
bool same_content(const std::filesystem::path& a, const std::filesystem::path& b);

// A new, empty folder that is removed with everything in it when the object dies, also when the program is interrupted.
// Made inside `parent`.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& parent, std::string_view prefix = "tmp-");
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  int cleanup_slot_ = -1;
};

// Where temporary folders of no fixed place go: TMPDIR, else the system's. Throws Error when there is no such folder.
std::filesystem::path temporary_folder_parent();

// An exclusive lock between processes on `path` (made when missing), held while the object lives (flock). With
// `remove` its holder removes the file in the end: for paths of which each is needed once.
class FileLock {
 public:
  enum class AfterUse { keep, remove };

  explicit FileLock(const std::filesystem::path& path, AfterUse after_use = AfterUse::keep);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  std::filesystem::path removed_;  // in the end; empty: none
  int descriptor_ = -1;
};

// The folder for this program's cache: $XDG_CACHE_HOME or ~/.cache, on macOS ~/Library/Caches, then `lambda-python`.
// Throws Error when no home is known.
std::filesystem::path user_cache_folder();

// `<doing> <path>: <strerror>` as an Error, with a hint for what a user can do something about (no space, no
// permission).
[[noreturn]] void throw_system_error(std::string_view doing, const std::filesystem::path& path, int error_number);

}  // namespace lambda_pack
