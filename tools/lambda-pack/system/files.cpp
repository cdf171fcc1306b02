#include "system/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "system/interrupt.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

int open_for_reading(const fs::path& path) {
  for (;;) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0 || errno != EINTR) return descriptor;
  }
}

std::string read_all(int descriptor, const fs::path& path) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0) throw_system_error("reading", path, errno);
  if (S_ISDIR(status.st_mode)) throw_system_error("reading", path, EISDIR);
  // One more than there is, so that its end is seen without growing.
  std::string text(static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)) + 1, '\0');
  std::size_t filled = 0;
  for (;;) {
    if (filled == text.size()) text.resize(text.size() + 4096);  // grown meanwhile, or a file of unknown size
    const ssize_t got = read(descriptor, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_system_error("reading", path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

void make_parent(const fs::path& path) {
  if (!path.has_parent_path()) return;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) throw_system_error("making the folder", path.parent_path(), error.value());
}

std::string hint_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return "free some space on that disk and build again";
    case EACCES:
    case EPERM: return "check the owner and the permissions of that path";
    case EROFS: return "that file system is read-only; choose another folder";
    case ENOENT: return "check the path";
    case ENOTDIR: return "a part of that path is a file; choose another folder";
    case EISDIR: return "that is a folder; name a file";
    case EFBIG: return "raise the limit of file sizes: ulimit -f unlimited";
    case EMFILE: return "raise the limit of open files: ulimit -n 4096";
    default: return {};
  }
}

}  // namespace

void throw_system_error(std::string_view doing, const fs::path& path, int error_number) {
  throw Error(std::string(doing) + " " + path.string() + ": " + std::strerror(error_number), hint_for(error_number));
}

std::string read_file(const fs::path& path) {
  const Descriptor file(open_for_reading(path));
  if (file.get() < 0) throw_system_error("reading", path, errno);
  return read_all(file.get(), path);
}

std::optional<std::string> read_file_if_there(const fs::path& path) {
  const Descriptor file(open_for_reading(path));
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.get() < 0) throw_system_error("reading", path, errno);
  return read_all(file.get(), path);
}

void read_in_pieces(const fs::path& path, const std::function<bool(std::span<const std::byte>)>& take) {
  const Descriptor file(open_for_reading(path));
  if (file.get() < 0) throw_system_error("reading", path, errno);
  std::vector<std::byte> buffer(256 * 1024);
  for (;;) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_system_error("reading", path, errno);
    if (got == 0 || !take(std::span(buffer).first(static_cast<std::size_t>(got)))) return;
  }
}

MappedFile::MappedFile(const fs::path& path) {
  const Descriptor file(open_for_reading(path));
  struct stat status{};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) throw_system_error("reading", path, errno);
  if (!S_ISREG(status.st_mode)) throw_system_error("reading", path, S_ISDIR(status.st_mode) ? EISDIR : EINVAL);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return;
  void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) throw_system_error("reading", path, errno);
  bytes_ = {static_cast<const std::byte*>(address), size};
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void MappedFile::release() const noexcept {
  // Never written to, so every page still is the file's.
  if (!bytes_.empty()) madvise(const_cast<std::byte*>(bytes_.data()), bytes_.size(), MADV_DONTNEED);
}

timespec modification_time(const struct stat& status) {
#ifdef __APPLE__
  return status.st_mtimespec;
#else
  return status.st_mtim;
#endif
}

std::string file_identity(const fs::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return path.string() + " is missing";
  const timespec content = modification_time(status);
#ifdef __APPLE__
  const timespec inode = status.st_ctimespec;
#else
  const timespec inode = status.st_ctim;
#endif
  const auto text = [](const timespec& time) {
    return std::to_string(time.tv_sec) + '.' + std::to_string(time.tv_nsec);
  };
  return path.string() + ' ' + std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino) + ' ' +
         std::to_string(status.st_size) + ' ' + text(content) + ' ' + text(inode);
}

NewFile::NewFile(fs::path target) : target_(std::move(target)) {
  make_parent(target_);
  std::string name = target_.string() + ".XXXXXX";
  const InterruptionsHeld held;  // until it is known what to remove
  descriptor_ = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) throw_system_error("writing", target_, errno);
  temporary_ = name;
  cleanup_slot_ = remember_cleanup(temporary_);
  // mkstemp makes 0600. What we write is readable by all, whatever the umask: a store or an output folder is shared.
  fchmod(descriptor_, 0644);
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
  forget_cleanup(cleanup_slot_);
}

void NewFile::reserve([[maybe_unused]] std::uint64_t bytes) {
#ifdef __linux__
  // Not posix_fallocate, which writes zeros where the file system cannot. Nor is the size set: it is what is written.
  while (bytes > 0 && fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno == ENOSPC || errno == EDQUOT) throw_system_error("writing", target_, errno);
    return;  // the file system cannot, or writing will say what is wrong
  }
#endif
}

void NewFile::write(std::span<const std::byte> bytes) { write_pieces(std::span(&bytes, 1)); }
void NewFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void NewFile::write_pieces(std::span<const std::span<const std::byte>> pieces) {
  // Linux and macOS take 1024 pieces a call.
  constexpr std::size_t kPiecesACall = 1024;
  std::vector<iovec> batch;
  std::size_t next = 0;
  while (next < pieces.size() || !batch.empty()) {
    while (batch.size() < kPiecesACall && next < pieces.size()) {
      const auto piece = pieces[next++];
      if (!piece.empty()) batch.push_back({const_cast<std::byte*>(piece.data()), piece.size()});
    }
    if (batch.empty()) break;
    const ssize_t written = writev(descriptor_, batch.data(), static_cast<int>(batch.size()));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_system_error("writing", target_, errno);
    auto left = static_cast<std::size_t>(written);
    std::size_t done = 0;
    while (done < batch.size() && left >= batch[done].iov_len) left -= batch[done++].iov_len;
    batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(done));
    if (left > 0) {
      batch.front().iov_base = static_cast<char*>(batch.front().iov_base) + left;
      batch.front().iov_len -= left;
    }
  }
}

void NewFile::make_executable() { fchmod(descriptor_, 0755); }

bool NewFile::take_over(const fs::path& begun) {
  const int descriptor = open(begun.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) return false;
  if (rename(begun.c_str(), temporary_.c_str()) != 0) {
    close(descriptor);
    return false;
  }
  close(std::exchange(descriptor_, descriptor));
  return true;
}

void NewFile::commit() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (close(descriptor) != 0 && errno != EINTR) throw_system_error("writing", target_, errno);
  if (rename(temporary_.c_str(), target_.c_str()) != 0) throw_system_error("writing", target_, errno);
  temporary_.clear();
}

bool write_if_different(const fs::path& path, std::string_view text) {
  if (read_file_if_there(path) == text) return false;
  NewFile file(path);
  file.write(text);
  file.commit();
  return true;
}

bool same_content(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
  const MappedFile first(a), second(b);
  return std::equal(first.bytes().begin(), first.bytes().end(), second.bytes().begin(), second.bytes().end());
}

TemporaryFolder::TemporaryFolder(const fs::path& parent, std::string_view prefix) {
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) throw_system_error("making the folder", parent, error.value());
  std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
  const InterruptionsHeld held;
  if (mkdtemp(name.data()) == nullptr) throw_system_error("making a folder in", parent, errno);
  path_ = name;
  cleanup_slot_ = remember_cleanup(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  forget_cleanup(cleanup_slot_);
}

fs::path temporary_folder_parent() {
  std::error_code error;
  fs::path folder = fs::temp_directory_path(error);
  if (!error) return folder;
  const char* chosen = std::getenv("TMPDIR");
  throw Error("there is no folder for temporary files " + std::string(chosen != nullptr ? chosen : "/tmp"),
              "set TMPDIR to a folder that can be written to");
}

FileLock::FileLock(const fs::path& path, AfterUse after_use)
    : removed_(after_use == AfterUse::remove ? path : fs::path()) {
  make_parent(path);
  for (;;) {
    descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw_system_error("locking", path, errno);
    while (flock(descriptor_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      const int reason = errno;
      close(descriptor_);
      throw_system_error("locking", path, reason);
    }
    // Who held it may have removed it meanwhile, and others have another file by now.
    struct stat locked{}, there{};
    const bool is_there = fstat(descriptor_, &locked) == 0 && stat(path.c_str(), &there) == 0 &&
                          locked.st_dev == there.st_dev && locked.st_ino == there.st_ino;
    if (is_there) return;
    close(descriptor_);
  }
}

FileLock::~FileLock() {
  if (!removed_.empty()) unlink(removed_.c_str());  // while nobody else can hold it
  close(descriptor_);
}

fs::path user_cache_folder() {
  const auto variable = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
  };
  // The XDG base directory specification: a relative path there is to be ignored.
  if (const fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "lambda-python";
  const fs::path home = variable("HOME");
  if (home.empty()) {
    throw Error("there is no folder for the cache: neither HOME nor XDG_CACHE_HOME is set",
                "name one: --store FOLDER, or LAMBDA_PYTHON_STORE");
  }
#ifdef __APPLE__
  return home / "Library" / "Caches" / "lambda-python";
#else
  return home / ".cache" / "lambda-python";
#endif
}

}  // namespace lambda_pack
