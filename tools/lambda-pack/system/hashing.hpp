// Digests, through OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/sha256.hpp"

namespace lambda_pack {

// What a computation of SHA-256 has come to, so that another process can go on with it (FIPS 180-4, 6.2).
struct Sha256Progress {
  std::array<std::uint32_t, 8> words{};  // the intermediate hash value
  std::uint64_t length = 0;              // bytes hashed, `rest` included
  std::string rest;                      // those that do not fill a block of 64 yet
};

// Bytes in, a digest out; 1.2–1.8 GB/s a core.
class Sha256Hasher {
 public:
  Sha256Hasher();
  explicit Sha256Hasher(const Sha256Progress& progress);
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
  ~Sha256Hasher();
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  Sha256Progress progress() const;
  Sha256 finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256 sha256_of(std::span<const std::byte> bytes);
Sha256 sha256_of(std::string_view text);

// The digest of a file, read in pieces. Throws Error naming the path and the system's reason.
Sha256 sha256_of_file(const std::filesystem::path& path);

// The digest of the bytes by `algorithm` ("sha256", "sha384", "sha512") in lower-case hexadecimal.
std::string digest_hex(std::string_view algorithm, std::span<const std::byte> bytes);

}  // namespace lambda_pack
