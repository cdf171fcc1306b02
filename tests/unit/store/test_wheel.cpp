#include "test_wheel.hpp"

#include <span>
#include <vector>

#include "archive/deflate.hpp"
#include "archive/zip_writer.hpp"
#include "system/hashing.hpp"

namespace lambda_pack::testing {

std::string wheel_bytes(const std::string& name, std::map<std::string, std::string> files) {
  const std::string dist_info = name + "-1.0.dist-info/";
  files[dist_info + "METADATA"] = "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n";
  files[dist_info + "WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
  std::string record;
  for (const auto& [path, text] : files) {
    record += path + ",sha256=" + base64url(sha256_of(text)) + "," + std::to_string(text.size()) + "\n";
  }
  files[dist_info + "RECORD"] = record + dist_info + "RECORD,,\n";

  std::vector<ArchivePath> paths;
  for (const auto& [path, text] : files) paths.emplace_back(path);
  std::vector<ZipPart> parts;
  for (const auto& [path, text] : files) {
    const auto bytes = std::as_bytes(std::span(text));
    parts.push_back({&paths[parts.size()], ZipMethod::stored, crc32_of(bytes), static_cast<std::uint32_t>(text.size()),
                     false, bytes});
  }
  const ZipLayout layout(parts, {});
  std::string wheel;
  for (const auto piece : layout.pieces()) wheel.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  return wheel;
}

std::string tiny_elf(unsigned machine) {
  std::string elf(
      "\x7f"
      "ELF\x02\x01\x01",
      7);
  elf.resize(64, '\0');
  elf[16] = 3;  // ET_DYN
  elf[18] = static_cast<char>(machine & 0xff);
  elf[19] = static_cast<char>(machine >> 8);
  elf[20] = 1;   // EV_CURRENT
  elf[52] = 64;  // e_ehsize
  elf[54] = 56;  // e_phentsize
  return elf;
}

}  // namespace lambda_pack::testing
