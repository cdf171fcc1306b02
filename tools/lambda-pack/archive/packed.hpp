// A file as it goes into a zip, with its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "archive/zip_reader.hpp"
#include "archive/zip_writer.hpp"

namespace lambda_pack {

struct Packed {
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc32 = 0;
  std::uint32_t size = 0;  // unpacked, bytes
  std::string data;

  // The zip's part; refers to `path` and to this.
  ZipPart part(const ArchivePath& path, bool executable = false) const {
    return {&path, method, crc32, size, executable, std::as_bytes(std::span(data))};
  }
};

// Deflated, where that makes the content smaller. Throws Error above 4 GiB.
Packed pack(std::string content);

}  // namespace lambda_pack
