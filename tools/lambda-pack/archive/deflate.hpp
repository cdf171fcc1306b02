// DEFLATE (RFC 1951) and CRC-32, through libdeflate: whole buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lambda_pack {

// No deflate stream expands by more: a match of 258 bytes takes two bits at least.
inline constexpr std::uint64_t kHighestDeflateRatio = 1032;

std::uint32_t crc32_of(std::span<const std::byte> bytes);

// The bytes deflated at `level` (1–12); empty when that would not make them smaller (store them then).
std::string deflated(std::span<const std::byte> bytes, int level = 6);

// Inflates into exactly `size` bytes. Throws Error (one line, no label) when the stream is damaged, longer or
// shorter, or does not end with the last byte.
std::string inflated(std::span<const std::byte> bytes, std::size_t size);

// The same into memory of the caller's, all of which must be filled.
void inflate_into(std::span<const std::byte> bytes, std::span<std::byte> out);

// `libdeflate 1.14`: what determines the compressed bytes; for the manifest.
std::string_view compressor_name();

}  // namespace lambda_pack
