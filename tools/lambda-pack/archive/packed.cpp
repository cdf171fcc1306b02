#include "archive/packed.hpp"

#include "archive/deflate.hpp"
#include "base/error.hpp"

namespace lambda_pack {

Packed pack(std::string content) {
  if (content.size() > UINT32_MAX) throw Error("a file is larger than 4 GiB");
  const auto bytes = std::as_bytes(std::span(content));
  Packed packed{ZipMethod::deflated, crc32_of(bytes), static_cast<std::uint32_t>(content.size()), deflated(bytes)};
  if (packed.data.empty()) {
    packed.method = ZipMethod::stored;
    packed.data = std::move(content);
  }
  return packed;
}

}  // namespace lambda_pack
