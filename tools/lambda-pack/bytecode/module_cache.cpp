#include "bytecode/module_cache.hpp"

#include <map>

#include "archive/zip_writer.hpp"
#include "base/error.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// By the hash of path and source; an empty file stands for a module that does not compile.
using Known = std::map<std::string, Packed>;

fs::path cache_file(std::string_view purpose, const Compiler& compiler, const Store& store) {
  const std::string key = sha256_of(compiler.identity() + std::string(purpose)).hex();
  return store.root() / "bytecode" / (key.substr(0, 32) + ".zip");
}

std::string key_of(const PythonModule& module) { return sha256_of(module.path + '\0' + module.source()).hex(); }

// What is damaged is forgotten.
Known read_cache(const fs::path& file) {
  Known known;
  if (!fs::exists(file)) return known;
  try {
    const MappedFile bytes(file);
    const ZipArchive archive = ZipArchive::parse(bytes.bytes(), file.filename().string());
    for (const ZipEntry& entry : archive.entries()) {
      archive.content(entry);  // for its CRC-32
      known.emplace(entry.path.str(), Packed{entry.method,
                                             entry.crc32,
                                             entry.size,
                                             {reinterpret_cast<const char*>(entry.data.data()), entry.data.size()}});
    }
  } catch (const Error&) {
    known.clear();
  }
  return known;
}

// A store that cannot be written is no error here: the modules are then compiled anew each time.
void write_cache(const fs::path& file, const Known& known) {
  std::vector<ArchivePath> paths;
  std::vector<ZipPart> parts;
  paths.reserve(known.size());
  for (const auto& [key, packed] : known) parts.push_back(packed.part(paths.emplace_back(key)));
  try {
    const ZipLayout layout(parts, ZipTime());
    NewFile out(file);
    out.write_pieces(layout.pieces());
    out.commit();
  } catch (const Error&) {
  }
}

}  // namespace

std::vector<std::optional<Packed>> compile_what_changed(const std::vector<PythonModule>& modules,
                                                        std::string_view purpose, Compiler& compiler,
                                                        const Store& store) {
  const fs::path file = cache_file(purpose, compiler, store);
  Known known = read_cache(file);
  std::vector<std::string> keys;
  std::vector<PythonModule> missing;
  std::vector<std::string> missing_keys;
  for (const PythonModule& module : modules) {
    keys.push_back(key_of(module));
    if (known.contains(keys.back())) continue;
    missing.push_back(module);
    missing_keys.push_back(keys.back());
  }
  std::vector<std::optional<Packed>> compiled = compiler.compile(missing);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    known[missing_keys[i]] = compiled[i] ? std::move(*compiled[i]) : Packed();
  }
  std::vector<std::optional<Packed>> results;
  Known kept;
  for (const std::string& key : keys) {
    const Packed& packed = known.at(key);
    kept.emplace(key, packed);
    results.push_back(packed.size == 0 ? std::nullopt : std::optional(packed));
  }
  if (!missing.empty() && !kept.empty()) write_cache(file, kept);
  return results;
}

}  // namespace lambda_pack
