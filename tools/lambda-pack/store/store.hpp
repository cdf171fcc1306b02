// The content-addressed store of verified files that all builds of a user share.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "lock/model.hpp"

namespace lambda_pack {

// `<root>/files/<aa>/<sha256>/<file name>`: what is there has been verified; a file appears whole or not at all,
// so any number of processes may read and write at once. `<root>/partial/`: downloads under way, kept for
// resuming. Every function that writes throws Error naming the path and the system's reason, with a hint that says
// how to choose another store, when the root cannot be written; nothing half-written is left then.
class Store {
 public:
  // `root`: --store, LAMBDA_PYTHON_STORE or the user's cache folder. Nothing is touched yet.
  explicit Store(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const noexcept { return root_; }
  // Where the file with that digest is or would be. Throws Error when `file_name` is no plain file name.
  std::filesystem::path path(const Sha256& digest, std::string_view file_name) const;
  // The digest of a file in a store, of which path() has made the folder's name: nothing is read.
  static Sha256 digest_of(const std::filesystem::path& stored);
  // The verified file that satisfies the lock's file, when it is there. Found without hashing: by its SHA-256, or,
  // where the lock has only another algorithm, through `<root>/aliases/<algorithm>/<hex>`.
  std::optional<std::filesystem::path> find(const LockedFile& file) const;
  // Checks the bytes of `incoming` against the file's hashes (Error with both hashes and `origin`) and, for a
  // wheel, its structure and every entry; moves it into the store together with its facts. Returns its path there.
  std::filesystem::path adopt(const std::filesystem::path& incoming, const LockedFile& file,
                              std::string_view origin) const;
  // A wheel made here (no hash known beforehand): verified, hashed and moved in.
  std::filesystem::path adopt_built(const std::filesystem::path& incoming) const;
  // What `key` (hexadecimal) was built into before, or which file was chosen under it, when both record and file are
  // there; and the record's writing.
  std::optional<std::filesystem::path> built(std::string_view key) const;
  void remember_built(std::string_view key, const std::filesystem::path& stored) const;

  // Where a download of the file is kept while it is under way: `<root>/partial/<algorithm>-<hex>`. The folder is
  // made. Throws Error when the lock has no hash for the file.
  std::filesystem::path partial_path(const LockedFile& file) const;

 private:
  std::filesystem::path alias_path(const FileHash& hash) const;
  std::filesystem::path built_path(std::string_view key) const;
  void write_aliases(const LockedFile& file, const Sha256& digest) const;
  std::filesystem::path move_in(const std::filesystem::path& incoming, std::span<const std::byte> content,
                                const Sha256& digest, const std::string& file_name) const;

  std::filesystem::path root_;
};

// The file was read in full, and its bytes are not those of the lock.
class HashMismatch : public Error {
 public:
  using Error::Error;
};

// The error with one more line of hint: how to choose another store.
Error with_store_hint(const Error& error);

}  // namespace lambda_pack
