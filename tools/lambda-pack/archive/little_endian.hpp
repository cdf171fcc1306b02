// Numbers as zip files store them: little-endian, unaligned. The caller has checked that the bytes are there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lambda_pack {

inline std::uint16_t load_u16(const std::byte* at) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(at[0]) | std::to_integer<unsigned>(at[1]) << 8);
}

inline std::uint32_t load_u32(const std::byte* at) {
  return static_cast<std::uint32_t>(load_u16(at)) | static_cast<std::uint32_t>(load_u16(at + 2)) << 16;
}

inline std::uint64_t load_u64(const std::byte* at) {
  return static_cast<std::uint64_t>(load_u32(at)) | static_cast<std::uint64_t>(load_u32(at + 4)) << 32;
}

inline void store_u16(std::byte* at, std::uint16_t value) {
  at[0] = static_cast<std::byte>(value & 0xff);
  at[1] = static_cast<std::byte>(value >> 8);
}

inline void store_u32(std::byte* at, std::uint32_t value) {
  store_u16(at, static_cast<std::uint16_t>(value & 0xffff));
  store_u16(at + 2, static_cast<std::uint16_t>(value >> 16));
}

}  // namespace lambda_pack
