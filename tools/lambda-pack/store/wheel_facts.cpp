#include "store/wheel_facts.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "archive/refusal.hpp"
#include "base/error.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

// Raised whenever the meaning of the file changes, so that facts of another program are made again.
constexpr int kSchema = 2;

// Nothing loads these as machine code; leaving them compressed saves most entries of most wheels.
constexpr std::array<std::string_view, 20> kTextSuffixes = {".c",   ".cfg",  ".css",  ".csv", ".h",   ".hpp", ".html",
                                                            ".js",  ".json", ".md",   ".pxd", ".py",  ".pyi", ".pyx",
                                                            ".rst", ".svg",  ".toml", ".txt", ".xml", ".yaml"};

bool may_be_elf(const ZipEntry& entry) {
  constexpr std::size_t kElfHeaderSize = 52;  // ELFCLASS32, the smaller one
  if (entry.size < kElfHeaderSize) return false;
  const std::string_view name = entry.path.file_name();
  return std::none_of(kTextSuffixes.begin(), kTextSuffixes.end(),
                      [name](std::string_view suffix) { return name.ends_with(suffix); });
}

std::optional<ElfFacts> facts_of(const ZipArchive& archive, const ZipEntry& entry, std::span<std::byte> content) {
  archive.read(entry, content);
  try {
    return elf_facts(content);
  } catch (const Error& error) {
    if (!has_loadable_name(entry.path.str())) return std::nullopt;
    throw refusal(archive.label(), entry.path.str(), error.what());
  }
}

std::string to_text(const WheelFacts& facts) {
  json elf_files = json::array();
  for (const WheelElf& file : facts.elf_files) {
    elf_files.push_back({{"entry", file.entry},
                         {"machine", file.elf.machine},
                         {"glibc_minor", file.elf.glibc_minor},
                         {"glibcxx_patch", file.elf.glibcxx_patch},
                         {"soname", file.elf.soname},
                         {"needed", file.elf.needed}});
  }
  return json{{"schema", kSchema}, {"elf_files", std::move(elf_files)}}.dump(-1, ' ', false,
                                                                             json::error_handler_t::replace) +
         "\n";
}

// Nothing for any text that this program did not write.
std::optional<WheelFacts> from_text(const std::string& text) {
  try {
    const json document = json::parse(text);
    if (document.at("schema") != kSchema) return std::nullopt;
    WheelFacts facts;
    for (const json& file : document.at("elf_files")) {
      facts.elf_files.push_back({file.at("entry").get<std::string>(),
                                 {file.at("machine").get<std::uint16_t>(), file.at("glibc_minor").get<int>(),
                                  file.at("glibcxx_patch").get<int>(), file.at("soname").get<std::string>(),
                                  file.at("needed").get<std::vector<std::string>>()}});
    }
    return facts;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

fs::path facts_path(const fs::path& stored_wheel) {
  fs::path beside = stored_wheel;
  return beside += ".facts.json";
}

}  // namespace

bool has_loadable_name(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
}

WheelFacts make_wheel_facts(const ZipArchive& archive) {
  std::size_t largest = 0;
  for (const ZipEntry& entry : archive.entries()) {
    if (may_be_elf(entry)) largest = std::max<std::size_t>(largest, entry.size);
  }
  // One buffer, not cleared: an entry that only claims to be huge costs no memory before its stream fills it.
  const std::unique_ptr<std::byte[]> buffer(new std::byte[largest]);
  WheelFacts facts;
  for (const ZipEntry& entry : archive.entries()) {  // sorted by path already
    if (!may_be_elf(entry)) continue;
    auto elf = facts_of(archive, entry, {buffer.get(), entry.size});
    if (elf) facts.elf_files.push_back({entry.path.str(), std::move(*elf)});
  }
  return facts;
}

void write_wheel_facts(const fs::path& stored_wheel, const WheelFacts& facts) {
  write_if_different(facts_path(stored_wheel), to_text(facts));
}

WheelFacts wheel_facts(const fs::path& stored_wheel, const ZipArchive& archive) {
  if (const auto text = read_file_if_there(facts_path(stored_wheel))) {
    if (auto facts = from_text(*text)) return std::move(*facts);
  }
  WheelFacts facts = make_wheel_facts(archive);
  try {
    write_wheel_facts(stored_wheel, facts);
  } catch (const Error&) {
    // A store shared read-only: slower, not wrong.
  }
  return facts;
}

}  // namespace lambda_pack
