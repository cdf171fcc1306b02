// Writing a bundle as a zip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "archive/zip_writer.hpp"
#include "base/sha256.hpp"
#include "bundle/bundle.hpp"
#include "bundle/verification.hpp"
#include "bundle/zip_head.hpp"

namespace lambda_pack {

struct WrittenZip {
  std::uint64_t size = 0;  // bytes
  Sha256 digest;           // Lambda's CodeSha256 in base64
  bool changed = false;    // false when the file already held exactly these bytes; it was not touched then
};

// Writes the bundle to `path`, at once or not at all: after the verification of its wheels has finished. Goes on from
// `head` where that is the beginning of this very zip, of which its file becomes one. Throws Error as the verification
// does.
WrittenZip write_zip(const Bundle& bundle, const std::filesystem::path& path, ZipTime time, Verification& verification,
                     const std::optional<ZipHead>& head = {});

}  // namespace lambda_pack
