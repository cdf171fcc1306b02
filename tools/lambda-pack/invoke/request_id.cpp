#include "invoke/request_id.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace lambda_pack {

std::string new_request_id() {
  thread_local std::random_device source;
  const auto word = [] { return static_cast<std::uint32_t>(source()); };
  const std::uint32_t a = word(), b = word(), c = word(), d = word();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:04x}{:08x}", a, b >> 16, b & 0xfff, 0x8000 | (c >> 16 & 0x3fff),
                     c & 0xffff, d);
}

}  // namespace lambda_pack
