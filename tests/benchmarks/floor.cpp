// floor <zip> <wheel>...: the least that any packer of these wheels has to do. Their SHA-256, on two threads, while
// the zip of their entries is written: no selection, no checks beyond the wheels' structure, no code of the user's.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "archive/zip_reader.hpp"
#include "archive/zip_writer.hpp"
#include "base/error.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace {

using namespace lambda_pack;

// Hashes the files, largest first, with as many calls of the returned work as there are threads.
class Hashing {
 public:
  explicit Hashing(const std::vector<MappedFile>& files) {
    for (const MappedFile& file : files) files_.push_back(file.bytes());
    std::ranges::sort(files_, std::ranges::greater{}, [](auto bytes) { return bytes.size(); });
  }

  void run() {
    for (std::size_t i = next_++; i < files_.size(); i = next_++) sha256_of(files_[i]);
  }

 private:
  std::vector<std::span<const std::byte>> files_;
  std::atomic<std::size_t> next_ = 0;
};

std::vector<ZipPart> parts_of(const std::vector<ZipArchive>& wheels) {
  std::vector<ZipPart> parts;
  for (const ZipArchive& wheel : wheels) {
    for (const ZipEntry& entry : wheel.entries()) {
      parts.push_back({&entry.path, entry.method, entry.crc32, entry.size, entry.executable, entry.data});
    }
  }
  const auto path = [](const ZipPart& part) -> const ArchivePath& { return *part.path; };
  std::ranges::stable_sort(parts, {}, path);
  const auto doubled = std::ranges::unique(parts, {}, path);
  parts.erase(doubled.begin(), doubled.end());
  return parts;
}

void write_zip(const std::filesystem::path& target, const std::vector<ZipArchive>& wheels) {
  const std::vector<ZipPart> parts = parts_of(wheels);
  const ZipLayout layout(parts, ZipTime{});
  NewFile zip(target);
  zip.reserve(layout.size());
  zip.write_pieces(layout.pieces());
  zip.commit();
}

void pack(const std::filesystem::path& target, std::span<char*> wheel_paths) {
  std::vector<MappedFile> files;
  for (const char* path : wheel_paths) files.emplace_back(std::filesystem::path(path));

  Hashing hashing(files);
  std::thread other([&hashing] { hashing.run(); });
  try {
    std::vector<ZipArchive> wheels;
    for (std::size_t i = 0; i < files.size(); ++i) {
      wheels.push_back(ZipArchive::parse(files[i].bytes(), wheel_paths[i]));
    }
    write_zip(target, wheels);
    hashing.run();
  } catch (...) {
    other.join();
    throw;
  }
  other.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: floor <zip> <wheel>...\n";
    return 2;
  }
  try {
    pack(argv[1], std::span(argv, static_cast<std::size_t>(argc)).subspan(2));
  } catch (const lambda_pack::Error& error) {
    std::cerr << "floor: " << error.what() << '\n';
    return 1;
  }
}
