// The end of a zip: where its central directory is (APPNOTE.TXT 4.3.14 to 4.3.16).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lambda_pack {

struct ZipEnd {
  std::uint64_t entries = 0;
  std::size_t directory_begin = 0;  // offsets into the bytes
  std::size_t directory_end = 0;    // where the end records begin
};

// Finds the one end record, whose comment, if any, reaches the last byte; reads the zip64 records when they are
// there and agree with it. Throws Error `<label>: <rule>`.
ZipEnd find_zip_end(std::span<const std::byte> bytes, std::string_view label);

}  // namespace lambda_pack
