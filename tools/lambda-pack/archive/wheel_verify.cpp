// The second half of wheel.hpp: what only inflating every entry shows.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "archive/dist_info.hpp"
#include "archive/record.hpp"
#include "archive/refusal.hpp"
#include "archive/wheel.hpp"
#include "base/text.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

// base64url without padding, as RECORD writes digests.
std::string base64url_of_hex(std::string_view hex) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0;
  unsigned pending = 0;
  for (const char c : hex) {
    const unsigned nibble = c <= '9' ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(c - 'a' + 10);
    bits = bits << 4 | nibble;
    pending += 4;
    if (pending < 6) continue;
    pending -= 6;
    out += digits[bits >> pending & 63];
  }
  if (pending > 0) out += digits[bits << (6 - pending) & 63];
  return out;
}

// The rule that a file's content breaks by what RECORD says of it; empty for none.
std::string broken_record_rule(const RecordRow& row, std::span<const std::byte> content) {
  if (!row.size.empty() && row.size != std::to_string(content.size())) {
    return fmt::format("has {} bytes, {} by RECORD", content.size(), quote(row.size));
  }
  if (row.hash.empty()) return {};
  const std::size_t equals = std::min(row.hash.find('='), row.hash.size());
  const std::string algorithm = lowered(row.hash.substr(0, equals));
  if (algorithm != "sha256" && algorithm != "sha384" && algorithm != "sha512") {
    return fmt::format("has a hash in RECORD that is not SHA-256 or better: {}", quote(row.hash));
  }
  std::string_view expected = row.hash.substr(std::min(equals + 1, row.hash.size()));
  while (expected.ends_with('=')) expected.remove_suffix(1);
  const std::string actual =
      algorithm == "sha256" ? base64url(sha256_of(content)) : base64url_of_hex(digest_hex(algorithm, content));
  if (actual == expected) return {};
  return fmt::format("has the {} {}, {} by RECORD", algorithm, actual, quote(expected));
}

}  // namespace

void verify_wheel_contents(const ZipArchive& archive, const Wheel& wheel) {
  check_metadata(archive, wheel.dist_info, wheel.name);
  const auto record = read_record(archive, wheel.dist_info);
  const std::string record_path = wheel.record_path().str();
  const auto smaller = [](const ZipEntry& a, const ZipEntry& b) { return a.size < b.size; };
  const auto largest = std::ranges::max_element(archive.entries(), smaller);
  // One buffer, not cleared: an entry that only claims to be huge costs no memory before its stream fills it.
  const std::unique_ptr<std::byte[]> buffer(new std::byte[largest->size]);
  for (const ZipEntry& entry : archive.entries()) {
    const std::span<std::byte> out(buffer.get(), entry.size);
    archive.read(entry, out);
    const RecordRow* row = record->find(entry.path.str());
    if (row == nullptr || entry.path.str() == record_path) continue;
    if (const auto rule = broken_record_rule(*row, out); !rule.empty()) {
      throw refusal(archive.label(), entry.path.str(), rule);
    }
  }
}

}  // namespace lambda_pack
