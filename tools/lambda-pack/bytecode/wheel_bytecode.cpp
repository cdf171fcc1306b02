#include "bytecode/wheel_bytecode.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <optional>

#include "archive/deflate.hpp"
#include "archive/zip_writer.hpp"
#include "base/error.hpp"
#include "bytecode/compile_progress.hpp"
#include "bytecode/names.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

fs::path folder_in(const Store& store, const char* name) {
  const fs::path folder = store.root() / name;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_system_error("making the folder", folder, error.value());
  return folder;
}

// `bytecode-<version>-<CRC-32>.zip`.
std::string name_of(std::string_view version, std::uint32_t crc32) {
  return fmt::format("bytecode-{}-{:08x}.zip", version, crc32);
}

std::optional<StoredBytecode> known_bytecode(const std::string& key, const Store& store) {
  const std::optional<fs::path> path = store.built(key);
  if (!path) return std::nullopt;
  const std::string name = path->stem().string(), digits = name.substr(name.rfind('-') + 1);
  std::uint32_t crc32 = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), crc32, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return StoredBytecode{*path, crc32};
}

using Compiled = std::map<std::string, Packed>;  // by the paths of the bytecode files

Compiled compiled(const fs::path& wheel, Compiler& compiler) {
  const std::string name = wheel.filename().string();
  const MappedFile bytes(wheel);
  const ZipArchive archive = ZipArchive::parse(bytes.bytes(), name);
  const Wheel described = read_wheel(archive, name);
  const std::vector<PythonModule> modules = modules_of(described, archive);
  std::vector<std::optional<Packed>> results = compiler.compile(modules);
  Compiled files;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    if (results[i]) {
      files.emplace(bytecode_path(modules[i].path, compiler.interpreter().minor).value(), std::move(*results[i]));
    } else {
      explain(name + ": " + modules[i].path + " does not compile for Python " + compiler.interpreter().version +
              ", and stays as it is");
    }
  }
  return files;
}

void write(const Compiled& files, const fs::path& path) {
  std::vector<ArchivePath> paths;
  std::vector<ZipPart> parts;
  paths.reserve(files.size());
  for (const auto& [name, packed] : files) parts.push_back(packed.part(paths.emplace_back(name)));
  const ZipLayout layout(parts, ZipTime());
  NewFile out(path);
  out.write_pieces(layout.pieces());
  out.commit();
}

std::string key_of(const Sha256& wheel, const Compiler& compiler) {
  return sha256_of(compiler.identity() + wheel.hex()).hex();
}

// Made where nobody else has made it meanwhile.
StoredBytecode made(const WheelInStore& wheel, Compiler& compiler, const Store& store) {
  const std::string key = key_of(wheel.digest, compiler);
  try {
    const FileLock lock(folder_in(store, "locks") / key, FileLock::AfterUse::remove);
    if (const auto known = known_bytecode(key, store)) return *known;
    const TemporaryFolder scratch(folder_in(store, "scratch"));
    const fs::path unnamed = scratch.path() / "bytecode.zip";
    write(compiled(wheel.path, compiler), unnamed);
    const std::uint32_t crc32 = crc32_of(MappedFile(unnamed).bytes());
    const fs::path named = scratch.path() / name_of(compiler.interpreter().version, crc32);
    fs::rename(unnamed, named);
    const fs::path path = store.adopt_built(named);
    store.remember_built(key, path);
    return {path, crc32};
  } catch (const Error& error) {
    throw error.within("compiling " + wheel.path.filename().string());
  }
}

}  // namespace

std::vector<PythonModule> modules_of(const Wheel& wheel, const ZipArchive& archive) {
  std::vector<PythonModule> modules;
  for (const WheelFile& file : wheel.files) {
    if (!bytecode_path(file.path.str(), 0)) continue;
    modules.push_back(
        {file.path.str(), file.entry->size, [&archive, entry = file.entry] { return archive.content(*entry); }});
  }
  return modules;
}

StoredBytecode bytecode_of(const WheelInStore& wheel, Compiler& compiler, const Store& store) {
  const auto known = known_bytecode(key_of(wheel.digest, compiler), store);
  return known ? *known : made(wheel, compiler, store);
}

std::vector<StoredBytecode> bytecode_of(const std::vector<WheelInStore>& wheels, Compiler& compiler,
                                        const Store& store) {
  std::vector<std::optional<StoredBytecode>> known;
  std::size_t missing = 0;
  std::uintmax_t bytes = 0;
  for (const WheelInStore& wheel : wheels) {
    known.push_back(known_bytecode(key_of(wheel.digest, compiler), store));
    if (known.back()) continue;
    ++missing;
    std::error_code gone;  // which is told when it is read
    const std::uintmax_t size = fs::file_size(wheel.path, gone);
    if (!gone) bytes += size;
  }
  std::vector<StoredBytecode> result;
  std::optional<CompileProgress> progress;
  if (missing > 0) progress.emplace(missing, bytes);
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    if (!known[i]) progress->begin(wheels[i].path.filename().string());
    result.push_back(known[i] ? *known[i] : made(wheels[i], compiler, store));
  }
  if (progress) progress->done();
  return result;
}

}  // namespace lambda_pack
