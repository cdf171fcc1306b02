#include "wheels.hpp"

#include "archive/deflate.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {

BundleWheel write_wheel(const std::filesystem::path& folder, const std::string& name,
                        const std::map<std::string, std::string>& files, const std::string& tag,
                        const std::string& version) {
  const std::string dist_info = name + "-" + version + ".dist-info/";
  std::map<std::string, std::string> all = files;
  all[dist_info + "METADATA"] = "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\nLicense: MIT\n";
  all[dist_info + "WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: " + tag + "\n";
  std::string record;
  for (const auto& [path, text] : all) {
    record += path + ",sha256=" + base64url(sha256_of(text)) + "," + std::to_string(text.size()) + "\n";
  }
  all[dist_info + "RECORD"] = record + dist_info + "RECORD,,\n";

  std::vector<ArchivePath> paths;
  std::vector<ZipPart> parts;
  for (const auto& [path, text] : all) paths.emplace_back(path);
  for (std::size_t i = 0; const auto& [path, text] : all) {
    const auto bytes = std::as_bytes(std::span(text));
    parts.push_back(
        {&paths[i++], ZipMethod::stored, crc32_of(bytes), static_cast<std::uint32_t>(text.size()), false, bytes});
  }
  const ZipLayout layout(parts, {});
  const std::filesystem::path path = folder / (name + "-" + version + "-" + tag + ".whl");
  NewFile file(path);
  file.write_pieces(layout.pieces());
  file.commit();
  return {path, std::nullopt, false};
}

std::string tiny_elf(std::uint16_t machine) {
  std::string elf("\177ELF\x02\x01\x01", 7);
  elf.resize(64, '\0');
  elf[16] = 3;  // ET_DYN
  elf[18] = static_cast<char>(machine & 0xFF);
  elf[19] = static_cast<char>(machine >> 8);
  elf[20] = 1;   // EV_CURRENT
  elf[52] = 64;  // e_ehsize
  elf[54] = 56;  // e_phentsize
  return elf;
}

}  // namespace lambda_pack
