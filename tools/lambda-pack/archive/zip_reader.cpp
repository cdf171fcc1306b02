#include "archive/zip_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "archive/deflate.hpp"
#include "archive/refusal.hpp"
#include "archive/zip_structure.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::uint16_t kUtf8Name = 0x0800;  // bit 11
constexpr std::uint16_t kTypeMask = 0170000;
constexpr std::uint16_t kRegular = 0100000;
constexpr std::uint16_t kFolder = 0040000;
constexpr std::uint16_t kSymbolicLink = 0120000;
constexpr std::uint16_t kAnyExecutable = 0111;
constexpr std::uint64_t kLargestContent = 0xffffffff;

bool is_folder(const ZipRecord& record) { return record.name.ends_with('/'); }

// The file type that the mode claims, against the one the name shows. Modes without a type are common.
std::string_view broken_type_rule(const ZipRecord& record) {
  const std::uint16_t type = record.mode & kTypeMask;
  if (type == kSymbolicLink) return "is a symbolic link";
  if (type == 0) return {};
  if (type != kRegular && type != kFolder) return "is neither a file nor a folder";
  if (is_folder(record) != (type == kFolder)) return "is a folder by its name or its mode, but not by both";
  return {};
}

std::string_view broken_content_rule(const ZipRecord& record) {
  if (record.method != 0 && record.method != 8) return "is compressed by a method other than deflate";
  if (is_folder(record)) return record.size == 0 ? std::string_view() : "is a folder with content";
  if (record.method == 0 && record.size != record.compressed_size) return "is stored with two different sizes";
  if (record.method == 8 && record.size > record.compressed_size * kHighestDeflateRatio) {
    return "claims more content than its deflate stream can hold";
  }
  return {};
}

// Without bit 11 a name is in code page 437 to some readers and in UTF-8 to others.
std::string_view broken_encoding_rule(const ZipRecord& record) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if ((record.flags & kUtf8Name) != 0 || std::ranges::all_of(record.name, is_ascii)) return {};
  return "has a name that is not ASCII and not marked as UTF-8";
}

void check_record(const ZipRecord& record, std::string_view label) {
  for (const auto rule : {broken_type_rule(record), broken_content_rule(record), broken_encoding_rule(record)}) {
    if (!rule.empty()) throw refusal(label, record.name, rule);
  }
}

ArchivePath safe_path(std::string_view name, std::string_view label) {
  try {
    return ArchivePath(name);
  } catch (const Error& error) {  // which quotes the name already
    throw Error(refusal(label, error.what()));
  }
}

ZipEntry entry_of(const ZipRecord& record, std::string_view label) {
  ZipEntry entry;
  entry.path = safe_path(record.name, label);
  entry.method = static_cast<ZipMethod>(record.method);
  entry.crc32 = record.crc32;
  entry.compressed_size = record.compressed_size;
  entry.size = record.size;
  entry.executable = (record.mode & kAnyExecutable) != 0;
  entry.data = record.data;
  return entry;
}

// Sorted by name, without duplicates, before any path is made: pointers are moved, not strings.
void sort_by_name(std::vector<const ZipRecord*>& records, std::string_view label) {
  const auto before = [](const ZipRecord* a, const ZipRecord* b) { return a->name < b->name; };
  if (!std::is_sorted(records.begin(), records.end(), before)) std::sort(records.begin(), records.end(), before);
  const auto same = [](const ZipRecord* a, const ZipRecord* b) { return a->name == b->name; };
  const auto twice = std::adjacent_find(records.begin(), records.end(), same);
  if (twice != records.end()) throw refusal(label, (*twice)->name, "is there twice");
}

// No file at the path of a folder that `path` lies in. Folders that `previous`, the path before it in the sorted
// list, lies in too have been looked at then.
void check_parents(const ZipArchive& archive, std::string_view path, std::string_view previous) {
  const auto common = static_cast<std::size_t>(
      std::mismatch(path.begin(), path.end(), previous.begin(), previous.end()).first - path.begin());
  for (std::size_t slash = path.find('/', common); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    const std::string_view folder = path.substr(0, slash);
    if (archive.find(folder) != nullptr) {
      throw refusal(archive.label(), folder, fmt::format("is a file, and the folder of {}", quote(path)));
    }
  }
}

void check_that_no_file_is_a_folder(const ZipArchive& archive) {
  std::string_view previous;
  for (const ZipEntry& entry : archive.entries()) {
    check_parents(archive, entry.path.str(), previous);
    previous = entry.path.str();
  }
  for (const ArchivePath& folder : archive.folders()) {
    check_parents(archive, folder.str(), {});
    if (archive.find(folder.str()) != nullptr) {
      throw refusal(archive.label(), folder.str(), "is both a file and a folder");
    }
  }
}

}  // namespace

ZipArchive ZipArchive::parse(std::span<const std::byte> bytes, std::string label) {
  const std::vector<ZipRecord> records = read_zip_records(bytes, label);
  std::vector<const ZipRecord*> files, folders;
  files.reserve(records.size());
  std::uint64_t content = 0;
  for (const ZipRecord& record : records) {
    check_record(record, label);
    (is_folder(record) ? folders : files).push_back(&record);
    content += record.size;
  }
  if (content > kLargestContent) throw refusal(label, "unpacks to more than 4 GiB");
  sort_by_name(files, label);
  sort_by_name(folders, label);

  ZipArchive archive;
  archive.entries_.reserve(files.size());
  for (const ZipRecord* file : files) archive.entries_.push_back(entry_of(*file, label));
  for (const ZipRecord* folder : folders) {
    archive.folders_.push_back(safe_path(folder->name.substr(0, folder->name.size() - 1), label));
  }
  archive.label_ = std::move(label);
  check_that_no_file_is_a_folder(archive);
  return archive;
}

const ZipEntry* ZipArchive::find(std::string_view path) const {
  const auto before = [](const ZipEntry& entry, std::string_view wanted) { return entry.path.str() < wanted; };
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), path, before);
  return found != entries_.end() && found->path.str() == path ? &*found : nullptr;
}

void ZipArchive::read(const ZipEntry& entry, std::span<std::byte> out) const {
  try {
    if (entry.method == ZipMethod::deflated) {
      inflate_into(entry.data, out);
    } else {
      std::ranges::copy(entry.data, out.begin());
    }
  } catch (const Error& error) {
    throw refusal(label_, entry.path.str(), error.what());
  }
  if (crc32_of(out) != entry.crc32) throw refusal(label_, entry.path.str(), "has a CRC-32 other than it should");
}

std::string ZipArchive::content(const ZipEntry& entry) const {
  std::string out(entry.size, '\0');
  read(entry, std::as_writable_bytes(std::span(out)));
  return out;
}

}  // namespace lambda_pack
