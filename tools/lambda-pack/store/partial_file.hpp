// A download under way, kept on disk so that a later attempt, or a later run, goes on where this one ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace lambda_pack {

// What tells that a server still has the version of a file whose beginning we hold (RFC 9110, 8.8).
struct Validator {
  std::string url;   // asked for, without userinfo
  std::string etag;  // strong ones only: If-Range takes no weak ones (RFC 9110, 13.1.5)
  std::string last_modified;
  bool empty() const { return etag.empty() && last_modified.empty(); }
  bool operator==(const Validator&) const = default;
};

// `<store>/partial/<key>`, held by an exclusive flock: of two processes that want a file, one downloads it. The
// lock is on the partial file itself, which has the name as long as it is partial; `<key>.json` beside it holds
// the validator.
class PartialFile {
 public:
  // Nothing when another process (or another download of this one) holds it. Throws Error naming the path and the
  // system's reason.
  static std::optional<PartialFile> try_open(const std::filesystem::path& path);
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&& other) noexcept;
  ~PartialFile();  // lets go of the lock; removes the file when it is empty

  const std::filesystem::path& path() const noexcept { return path_; }
  std::uint64_t size() const noexcept { return size_; }
  const Validator& validator() const noexcept { return validator_; }

  // Throws Error; when the disk is full, what was written is given back first.
  void append(std::span<const std::byte> bytes);
  // Forgets all bytes; what comes next is of the version that `validator` tells.
  void restart(const Validator& validator);
  // Removes the file (unless it was moved into the store) and its validator.
  void discard();

 private:
  PartialFile(std::filesystem::path path, int descriptor, std::uint64_t size);
  std::filesystem::path validator_path() const;
  void read_validator();

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  Validator validator_;
};

}  // namespace lambda_pack
