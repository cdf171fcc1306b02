// What the archive room makes of files, as JSON on stdout, one line a file: for comparison with other tools.
//   wheel <file>...            files, left-out entries and warnings, every entry verified
//   zip <file>...              entries of any zip
//   elf <file>...              facts of ELF files
//   install <wheel> <folder>   the wheel's tree, with its RECORD
//   sdist <archive> <folder>   an sdist unpacked
//   splice <zip> <wheel>...    the wheels' files in one zip; the first wheel wins where two have one path
//   time <wheel>...            processor time of parsing, reading, and laying out one zip in memory
#include <algorithm>
#include <ctime>
#include <deque>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "archive/elf.hpp"
#include "archive/unpack.hpp"
#include "archive/wheel.hpp"
#include "archive/zip_writer.hpp"
#include "base/error.hpp"
#include "system/files.hpp"

namespace {

namespace fs = std::filesystem;
using lambda_pack::MappedFile, lambda_pack::Wheel, lambda_pack::WheelFile, lambda_pack::ZipArchive,
    lambda_pack::ZipEntry, lambda_pack::ZipLayout, lambda_pack::ZipPart;
using nlohmann::json;
using Arguments = std::vector<std::string>;

// A wheel in memory; kept where it is, since its parts point at each other.
struct LoadedWheel {
  explicit LoadedWheel(const fs::path& path)
      : file(path), archive(ZipArchive::parse(file.bytes(), path.filename().string())),
        wheel(lambda_pack::read_wheel(archive, path.filename().string())) {}

  MappedFile file;
  ZipArchive archive;
  Wheel wheel;
};

json entry_json(const ZipEntry& entry, const std::string& path) {
  return {{"path", path}, {"size", entry.size}, {"crc32", entry.crc32}, {"executable", entry.executable}};
}

json describe_wheel(const fs::path& path) {
  const LoadedWheel loaded(path);
  lambda_pack::verify_wheel_contents(loaded.archive, loaded.wheel);
  json files = json::array();
  for (const WheelFile& file : loaded.wheel.files) files.push_back(entry_json(*file.entry, file.path.str()));
  return {{"files", files},
          {"dropped", loaded.wheel.dropped},
          {"warnings", loaded.wheel.warnings},
          {"dist_info", loaded.wheel.dist_info},
          {"record", loaded.wheel.record}};
}

json describe_zip(const fs::path& path) {
  const MappedFile file(path);
  const ZipArchive archive = ZipArchive::parse(file.bytes(), path.filename().string());
  json entries = json::array();
  for (const ZipEntry& entry : archive.entries()) {
    archive.content(entry);
    entries.push_back(entry_json(entry, entry.path.str()));
  }
  return {{"entries", entries}};
}

json describe_elf(const fs::path& path) {
  const MappedFile file(path);
  const auto facts = lambda_pack::elf_facts(file.bytes());
  if (!facts) return {{"elf", false}};
  return {{"elf", true},
          {"machine", facts->machine},
          {"glibc_minor", facts->glibc_minor},
          {"glibcxx_patch", facts->glibcxx_patch},
          {"soname", facts->soname},
          {"needed", facts->needed}};
}

void describe_each(const Arguments& paths, const std::function<json(const fs::path&)>& describe) {
  for (const std::string& path : paths) {
    json line;
    try {
      line = describe(path);
    } catch (const lambda_pack::Error& error) {
      line = {{"error", error.what()}};
    }
    line["file"] = path;
    std::cout << line.dump(-1, ' ', true, json::error_handler_t::replace) << "\n";
  }
}

void install(const fs::path& path, const fs::path& folder) {
  const LoadedWheel loaded(path);
  std::vector<lambda_pack::UnpackItem> items;
  for (const WheelFile& file : loaded.wheel.files) {
    const fs::path destination = folder / file.path.str();
    fs::create_directories(destination.parent_path());
    items.push_back({file.entry->path.str(), destination, file.entry->executable});
  }
  lambda_pack::unpack_items(path, std::move(items));
  lambda_pack::write_if_different(folder / loaded.wheel.record_path().str(), loaded.wheel.record);
}

// The parts of all wheels' files, sorted; RECORDs are left out, since they may have to be compressed.
std::vector<ZipPart> parts_of(const std::deque<LoadedWheel>& wheels) {
  std::vector<ZipPart> parts;
  for (const LoadedWheel& loaded : wheels) {
    for (const WheelFile& file : loaded.wheel.files) {
      const ZipEntry& entry = *file.entry;
      parts.push_back({&file.path, entry.method, entry.crc32, entry.size, entry.executable, entry.data});
    }
  }
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return *a.path < *b.path; });
  const auto same = [](const auto& a, const auto& b) { return *a.path == *b.path; };
  parts.erase(std::unique(parts.begin(), parts.end(), same), parts.end());
  return parts;
}

void splice(const fs::path& zip, const Arguments& paths) {
  std::deque<LoadedWheel> wheels;
  for (const std::string& path : paths) wheels.emplace_back(path);
  const auto parts = parts_of(wheels);
  lambda_pack::NewFile file(zip);
  file.write_pieces(ZipLayout(parts, {}).pieces());
  file.commit();
}

// Of processor time, so that other work on the machine does not count.
double milliseconds_since(std::clock_t begin) {
  return 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

json time_once(const Arguments& paths) {
  const auto begin = std::clock();
  std::deque<MappedFile> files;
  std::vector<ZipArchive> archives;
  for (const std::string& path : paths) {
    archives.push_back(ZipArchive::parse(files.emplace_back(fs::path(path)).bytes(), fs::path(path).filename()));
  }
  const double parse = milliseconds_since(begin);
  files.clear();
  archives.clear();
  const auto again = std::clock();
  std::deque<LoadedWheel> wheels;
  for (const std::string& path : paths) wheels.emplace_back(path);
  const double read = milliseconds_since(again);
  const auto parts = parts_of(wheels);
  const ZipLayout layout(parts, {});
  const double layout_done = milliseconds_since(again);
  std::string zip;
  zip.reserve(layout.size());
  for (const auto piece : layout.pieces()) zip.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  return {{"entries", parts.size()},
          {"bytes", zip.size()},
          {"parse_ms", parse},
          {"map_parse_and_read_wheel_ms", read},
          {"and_layout_ms", layout_done},
          {"and_copy_ms", milliseconds_since(again)}};
}

int run(const std::string& verb, const Arguments& rest) {
  const std::map<std::string, std::function<void()>> verbs = {
      {"wheel", [&] { describe_each(rest, describe_wheel); }},
      {"zip", [&] { describe_each(rest, describe_zip); }},
      {"elf", [&] { describe_each(rest, describe_elf); }},
      {"install", [&] { install(rest.at(0), rest.at(1)); }},
      {"sdist", [&] { std::cout << lambda_pack::unpack_sdist(rest.at(0), rest.at(1)).string() << "\n"; }},
      {"splice", [&] { splice(rest.at(0), Arguments(rest.begin() + 1, rest.end())); }},
      {"time", [&] {
         for (int i = 0; i < 5; ++i) std::cout << time_once(rest) << "\n";
       }}};
  verbs.at(verb)();
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const Arguments all(arguments + 1, arguments + count);
  try {
    return run(all.at(0), Arguments(all.begin() + 1, all.end()));
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
