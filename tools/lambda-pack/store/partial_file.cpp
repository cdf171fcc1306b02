#include "store/partial_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <nlohmann/json.hpp>

#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

// Whether `path` still names the open file: the process that held the lock before may have moved it into the
// store.
bool still_named(int descriptor, const fs::path& path, struct stat& open_file) {
  struct stat named{};
  return fstat(descriptor, &open_file) == 0 && stat(path.c_str(), &named) == 0 && named.st_dev == open_file.st_dev &&
         named.st_ino == open_file.st_ino;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::optional<PartialFile> PartialFile::try_open(const fs::path& path) {
  for (;;) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0) throw_system_error("writing", path, errno);
    PartialFile file(path, descriptor, 0);  // closes the descriptor on each way out
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      close(std::exchange(file.descriptor_, -1));  // another's file: nothing to tidy
      if (reason == EWOULDBLOCK) return std::nullopt;
      if (reason == EINTR) continue;
      throw_system_error("locking", path, reason);
    }
    struct stat status{};
    if (!still_named(descriptor, path, status)) {
      close(std::exchange(file.descriptor_, -1));
      continue;
    }
    file.size_ = static_cast<std::uint64_t>(status.st_size);
    if (file.size_ > 0) file.read_validator();
    return file;
  }
}

PartialFile::PartialFile(fs::path path, int descriptor, std::uint64_t size)
    : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_),
      validator_(std::move(other.validator_)) {}

PartialFile& PartialFile::operator=(PartialFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  std::swap(validator_, other.validator_);
  return *this;
}

PartialFile::~PartialFile() {
  if (descriptor_ < 0) return;
  if (size_ == 0) discard();
  if (descriptor_ >= 0) close(descriptor_);
}

void PartialFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int reason = errno;
      if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) restart({});
      throw_system_error("writing", path_, reason);
    }
    size_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void PartialFile::restart(const Validator& validator) {
  if (ftruncate(descriptor_, 0) != 0) throw_system_error("writing", path_, errno);
  size_ = 0;
  if (validator == validator_) return;
  validator_ = validator;
  if (validator.empty()) {
    unlink(validator_path().c_str());
    return;
  }
  const json record = {{"url", validator.url}, {"etag", validator.etag}, {"last_modified", validator.last_modified}};
  write_if_different(validator_path(), record.dump(-1, ' ', true, json::error_handler_t::replace) + "\n");
}

void PartialFile::discard() {
  // The name first, while the lock is held: whoever waits for it then finds it gone, and looks into the store.
  struct stat status{};
  if (descriptor_ >= 0 && still_named(descriptor_, path_, status)) unlink(path_.c_str());
  unlink(validator_path().c_str());
  if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
}

fs::path PartialFile::validator_path() const {
  fs::path beside = path_;
  return beside += ".json";
}

void PartialFile::read_validator() {
  const auto text = read_file_if_there(validator_path());
  const json record = text ? json::parse(*text, nullptr, /*allow_exceptions=*/false) : json();
  if (!record.is_object()) return;
  validator_ = {text_of(record, "url"), text_of(record, "etag"), text_of(record, "last_modified")};
}

}  // namespace lambda_pack
