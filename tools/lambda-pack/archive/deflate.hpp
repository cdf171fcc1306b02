// DEFLATE (RFC 1951) and CRC-32, through libdeflate: whole buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lambda_pack {

std::uint32_t crc32_of(std::span<const std::byte> bytes);

// The bytes deflated at `level` (1–12); empty when that would not make them smaller (store them then).
std::string deflated(std::span<const std::byte> bytes, int level = 6);

// Inflates into exactly `size` bytes. Throws Error (one line, no label) when the stream is damaged, longer or shorter,
// or does not end with the last byte.
std::string inflated(std::span<const std::byte> bytes, std::size_t size);

// `libdeflate 1.14`: what determines the compressed bytes; for the manifest.
std::string_view compressor_name();

}  // namespace lambda_pack
