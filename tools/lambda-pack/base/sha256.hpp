// A SHA-256 value and the other digests a lock may carry. Pure: computing one is system/hashing.hpp's job.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

// A SHA-256 digest (FIPS 180-4).
struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};

  // The digest written as 64 hexadecimal digits of either case; nothing for any other text.
  static std::optional<Sha256> from_hex(std::string_view text);
  std::string hex() const;     // 64 lower-case digits
  std::string base64() const;  // with padding: AWS Lambda's CodeSha256, and the `--hash` of Terraform

  auto operator<=>(const Sha256&) const = default;
};

// base64url without padding (PEP 427's RECORD).
std::string base64url(const Sha256& digest);

// A file's hash as locks write it: `sha256:…`, `sha384:…`, `sha512:…`.
struct FileHash {
  std::string algorithm;  // lower case
  std::string hex;        // lower case

  // Splits `algorithm:hex`; nothing when the form or the length is wrong or the algorithm is weaker than SHA-256
  // (pip's --require-hashes draws the same line).
  static std::optional<FileHash> parse(std::string_view text);
  std::string str() const;  // `algorithm:hex`
  std::optional<Sha256> sha256() const;

  auto operator<=>(const FileHash&) const = default;
};

}  // namespace lambda_pack
