#include "archive/deflate.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <array>
#include <memory>
#include <new>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};
struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

constexpr int kHighestLevel = 12;

// Making a compressor clears 300 kB and more, so that one a file would cost more than most files' compression:
// each thread keeps its own.
libdeflate_compressor* compressor_of_thread(int level) {
  if (level < 1 || level > kHighestLevel) throw Error(fmt::format("there is no compression level {}", level));
  thread_local std::array<std::unique_ptr<libdeflate_compressor, FreeCompressor>, kHighestLevel + 1> kept;
  auto& compressor = kept[static_cast<std::size_t>(level)];
  if (!compressor) compressor.reset(libdeflate_alloc_compressor(level));
  if (!compressor) throw std::bad_alloc();
  return compressor.get();
}

libdeflate_decompressor* decompressor_of_thread() {
  thread_local std::unique_ptr<libdeflate_decompressor, FreeDecompressor> kept;
  if (!kept) kept.reset(libdeflate_alloc_decompressor());
  if (!kept) throw std::bad_alloc();
  return kept.get();
}

}  // namespace

std::uint32_t crc32_of(std::span<const std::byte> bytes) {
  return bytes.empty() ? 0 : libdeflate_crc32(0, bytes.data(), bytes.size());
}

std::string deflated(std::span<const std::byte> bytes, int level) {
  if (bytes.size() < 2) return {};
  std::string out(bytes.size() - 1, '\0');
  out.resize(libdeflate_deflate_compress(compressor_of_thread(level), bytes.data(), bytes.size(), out.data(),
                                         out.size()));  // 0 when it does not fit
  return out;
}

void inflate_into(std::span<const std::byte> bytes, std::span<std::byte> out) {
  std::size_t consumed = 0;
  std::size_t produced = 0;
  std::byte nowhere{};  // libdeflate wants addresses even of nothing
  const auto result =
      libdeflate_deflate_decompress_ex(decompressor_of_thread(), bytes.empty() ? &nowhere : bytes.data(), bytes.size(),
                                       out.empty() ? &nowhere : out.data(), out.size(), &consumed, &produced);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
    throw Error(fmt::format("its deflate stream holds more than the {} bytes it should", out.size()));
  }
  if (result != LIBDEFLATE_SUCCESS) throw Error("its deflate stream is damaged");
  if (produced != out.size()) {
    throw Error(fmt::format("its deflate stream holds {} bytes, not {}", produced, out.size()));
  }
  if (consumed != bytes.size()) {
    throw Error(fmt::format("its deflate stream ends {} bytes early", bytes.size() - consumed));
  }
}

std::string inflated(std::span<const std::byte> bytes, std::size_t size) {
  std::string out(size, '\0');
  inflate_into(bytes, std::as_writable_bytes(std::span(out)));
  return out;
}

std::string_view compressor_name() { return "libdeflate " LIBDEFLATE_VERSION_STRING; }

}  // namespace lambda_pack
