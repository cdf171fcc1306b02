// The head of a zip: what comes from the store's wheels, which is most of nearly every zip. It is known before the
// project's own part is, so it can be written while the project's backend runs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "archive/zip_writer.hpp"
#include "base/sha256.hpp"
#include "bundle/bundle.hpp"
#include "bundle/verification.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {

// A head in a file of its own, which is removed with the object unless it was moved away.
struct ZipHead {
  ZipHead() = default;
  ZipHead(ZipHead&& other) noexcept;
  ~ZipHead();

  std::filesystem::path file;
  std::string identity;    // of that file: see file_identity
  std::size_t count = 0;   // how many of the head's files it holds
  Sha256 key;              // theirs
  Sha256Progress hashed;   // its bytes
  VerifiedFiles verified;  // the wheels that it was made from, and their bytecode
};

// Writes the head of `bundle`, which was made from the verified files, to `folder`, until all of it is written or
// `enough`, asked after every few megabytes, is true. Throws Error when something cannot be read or written.
void write_zip_head(const Bundle& bundle, const VerifiedFiles& verified, ZipTime time,
                    const std::filesystem::path& folder, const std::function<bool()>& enough);

// The head that waits in `folder`, and does so no longer. Nothing when there is none, or one that is older than a build
// takes or no longer what was written.
std::optional<ZipHead> take_zip_head(const std::filesystem::path& folder);

// Whether a head was written to `folder` and not taken since.
bool is_zip_head_waiting(const std::filesystem::path& folder);

// Removes the waiting head's file, which can be large, but not the knowledge that it waits.
void drop_zip_head(const std::filesystem::path& folder);

// As if none had been written.
void forget_zip_head(const std::filesystem::path& folder);

}  // namespace lambda_pack
