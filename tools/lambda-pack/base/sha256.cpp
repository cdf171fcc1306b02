#include "base/sha256.hpp"

#include "base/text.hpp"

namespace lambda_pack {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 4648 with the given last two letters of the alphabet, without padding.
std::string base64_text(const std::array<std::uint8_t, 32>& bytes, char letter62, char letter63) {
  const auto letter = [&](unsigned value) -> char {
    if (value < 26) return static_cast<char>('A' + value);
    if (value < 52) return static_cast<char>('a' + value - 26);
    if (value < 62) return static_cast<char>('0' + value - 52);
    return value == 62 ? letter62 : letter63;
  };
  std::string text;
  unsigned bits = 0, held = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 6; held -= 6) text += letter(bits >> (held - 6) & 63);
  }
  if (held > 0) text += letter(bits << (6 - held) & 63);
  return text;
}

// Hexadecimal digits of a digest by `algorithm`, or 0 for one that is not accepted.
std::size_t digest_digits(std::string_view algorithm) {
  if (algorithm == "sha256") return 64;
  if (algorithm == "sha384") return 96;
  if (algorithm == "sha512") return 128;
  return 0;
}

}  // namespace

std::optional<Sha256> Sha256::from_hex(std::string_view text) {
  Sha256 digest;
  if (text.size() != 2 * digest.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return digest;
}

std::string Sha256::hex() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string Sha256::base64() const { return base64_text(bytes, '+', '/') + "="; }

std::string base64url(const Sha256& digest) { return base64_text(digest.bytes, '-', '_'); }

std::optional<FileHash> FileHash::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  FileHash hash{lowered(text.substr(0, colon)), lowered(text.substr(colon + 1))};
  const std::size_t digits = digest_digits(hash.algorithm);
  if (digits == 0 || hash.hex.size() != digits) return std::nullopt;
  for (const char c : hash.hex) {
    if (hex_value(c) < 0) return std::nullopt;
  }
  return hash;
}

std::string FileHash::str() const { return algorithm + ":" + hex; }

std::optional<Sha256> FileHash::sha256() const { return algorithm == "sha256" ? Sha256::from_hex(hex) : std::nullopt; }

}  // namespace lambda_pack
