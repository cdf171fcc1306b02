#include "archive/wheel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "archive/dist_info.hpp"
#include "archive/record.hpp"
#include "archive/refusal.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

bool is_in_pycache(std::string_view path) {
  constexpr std::string_view folder = "__pycache__/";
  for (std::size_t at = path.find(folder); at != std::string_view::npos; at = path.find(folder, at + 1)) {
    if (at == 0 || path[at - 1] == '/') return true;
  }
  return false;
}

// Where a wheel's entries go ("Installing a wheel", spread).
class Spreader {
 public:
  Spreader(const ZipArchive& archive, const WheelName& name, std::string_view dist_info)
      : archive_(archive), name_(name), record_path_(fmt::format("{}/RECORD", dist_info)),
        direct_url_path_(fmt::format("{}/direct_url.json", dist_info)) {}

  // The entry's path below the task root; nothing when it is left out.
  std::optional<ArchivePath> destination(const ZipEntry& entry) const {
    const std::string& path = entry.path.str();
    // PEP 610: direct_url.json tells of an installation from a URL, which ours is not, whatever the wheel says.
    if (is_in_pycache(path) || path == direct_url_path_) return std::nullopt;
    const std::string_view top = entry.path.first_part();
    if (!top.ends_with(".data") || top.size() == path.size()) return entry.path;
    return from_data_folder(entry, top);
  }

 private:
  [[noreturn]] void refuse(const ZipEntry& entry, std::string_view rule) const {
    throw refusal(archive_.label(), entry.path.str(), rule);
  }

  std::optional<ArchivePath> from_data_folder(const ZipEntry& entry, std::string_view top) const {
    // pip takes the .data folder of any name for this one, uv only that of the exact name: where they would
    // install different things, nobody can have tested both.
    if (!names_the_wheel(top.substr(0, top.size() - std::string_view(".data").size()), name_)) {
      refuse(entry, "is in the .data folder of another distribution");
    }
    const std::string_view inside = std::string_view(entry.path.str()).substr(top.size() + 1);
    const std::size_t slash = inside.find('/');
    if (slash == std::string_view::npos) refuse(entry, "is a file directly in the .data folder");
    const std::string_view key = inside.substr(0, slash);
    if (key == "scripts" || key == "headers") return std::nullopt;
    if (key != "purelib" && key != "platlib" && key != "data") {
      refuse(entry, fmt::format("is in the .data folder under the unknown key {}", quote(key)));
    }
    return checked_path(entry, inside.substr(slash + 1));
  }

  ArchivePath checked_path(const ZipEntry& entry, std::string_view text) const {
    std::optional<ArchivePath> path;
    try {
      path.emplace(text);
    } catch (const Error& error) {
      refuse(entry, error.what());
    }
    if (path->str() == record_path_) refuse(entry, "would be installed over RECORD");
    return std::move(*path);
  }

  const ZipArchive& archive_;
  const WheelName& name_;
  std::string record_path_;
  std::string direct_url_path_;
};

// After files have moved: no path twice, no file where another's folder is.
void check_destinations(const ZipArchive& archive, const std::vector<WheelFile>& files) {
  const auto refuse = [&](const WheelFile& file, std::string_view rule, const WheelFile& other) {
    const std::string both = fmt::format("{} {}", rule, quote(other.entry->path.str()));
    throw refusal(archive.label(), file.entry->path.str(), both);
  };
  const auto before = [](const WheelFile& file, std::string_view path) { return file.path.str() < path; };
  for (std::size_t i = 1; i < files.size(); ++i) {
    if (files[i].path == files[i - 1].path) refuse(files[i], "goes to the same path as", files[i - 1]);
  }
  for (const WheelFile& file : files) {
    const std::string_view path = file.path.str();
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
      const std::string_view folder = path.substr(0, slash);
      const auto found = std::lower_bound(files.begin(), files.end(), folder, before);
      if (found != files.end() && found->path.str() == folder) refuse(*found, "would be the folder of", file);
    }
  }
}

// RECORD for the files that are installed: the wheel's hashes and sizes under the new paths.
std::string rewritten_record(const Record& record, const Wheel& wheel) {
  std::vector<RecordRow> rows;
  rows.reserve(wheel.files.size() + 1);
  for (const WheelFile& file : wheel.files) {
    const RecordRow* row = record.find(file.entry->path.str());
    rows.push_back({file.path.str(), row ? row->hash : std::string_view(), row ? row->size : std::string_view()});
  }
  const ArchivePath own = wheel.record_path();
  const auto before = [](const RecordRow& row, std::string_view path) { return row.path < path; };
  rows.insert(std::lower_bound(rows.begin(), rows.end(), own.str(), before), {own.str(), {}, {}});
  return record_text(rows);
}

// FNV-1a of the path with ASCII letters in lower case.
std::uint64_t hash_without_case(std::string_view path) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : path) {
    const char folded = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    hash = (hash ^ static_cast<unsigned char>(folded)) * 1099511628211u;
  }
  return hash;
}

// Pairs of paths that a file system which ignores case cannot hold side by side.
void warn_of_case(Wheel& wheel, const std::string& label) {
  std::vector<std::pair<std::uint64_t, const ArchivePath*>> folded;  // hashes: a third of the time of strings
  folded.reserve(wheel.files.size());
  for (const WheelFile& file : wheel.files) folded.emplace_back(hash_without_case(file.path.str()), &file.path);
  std::sort(folded.begin(), folded.end());
  for (std::size_t i = 1; i < folded.size(); ++i) {
    if (folded[i].first != folded[i - 1].first) continue;
    const auto& [one, other] = std::minmax(folded[i - 1].second->str(), folded[i].second->str());
    if (lowered(one) != lowered(other)) continue;
    wheel.warnings.push_back(fmt::format("{}: {} and {} differ only in case", label, quote(one), quote(other)));
  }
}

// The `site` module executes those lines of a .pth file that begin with `import`.
void warn_of_pth(Wheel& wheel, const ZipArchive& archive) {
  for (const WheelFile& file : wheel.files) {
    const std::string& path = file.path.str();
    if (!path.ends_with(".pth") || path.find('/') != std::string::npos) continue;
    const std::string text = archive.content(*file.entry);
    for (const std::string_view line : split(text, '\n')) {
      if (!line.starts_with("import ") && !line.starts_with("import\t")) continue;
      wheel.warnings.push_back(fmt::format("{}: {} runs code whenever Python starts: {}", archive.label(), quote(path),
                                           quote(trimmed(line), 80)));
      break;
    }
  }
}

// Fills in files and dropped; whether anything is not where it was in the archive.
bool spread(Wheel& wheel, const ZipArchive& archive) {
  const Spreader spreader(archive, wheel.name, wheel.dist_info);
  const std::string record_path = wheel.record_path().str();
  bool moved = false;
  wheel.files.reserve(archive.entries().size());
  for (const ZipEntry& entry : archive.entries()) {
    if (entry.path.str() == record_path) continue;
    auto destination = spreader.destination(entry);
    if (!destination) {
      wheel.dropped.push_back(entry.path.str());
      continue;
    }
    moved = moved || *destination != entry.path;
    wheel.files.push_back({&entry, std::move(*destination)});
  }
  if (moved) {
    std::ranges::sort(wheel.files, {}, &WheelFile::path);
    check_destinations(archive, wheel.files);
  }
  return moved || !wheel.dropped.empty();
}

}  // namespace

ArchivePath Wheel::record_path() const { return ArchivePath(dist_info + "/RECORD"); }

Wheel read_wheel(const ZipArchive& archive, std::string_view file_name) {
  auto name = WheelName::parse(file_name);
  if (!name) throw refusal(archive.label(), fmt::format("{} is not the file name of a wheel", quote(file_name)));
  Wheel wheel;
  wheel.name = std::move(*name);
  wheel.dist_info = find_dist_info(archive, wheel.name);
  if (auto warning = check_wheel_version(archive, wheel.dist_info); !warning.empty()) {
    wheel.warnings.push_back(std::move(warning));
  }
  const auto record = read_record(archive, wheel.dist_info);
  wheel.record = spread(wheel, archive) ? rewritten_record(*record, wheel) : record->text();
  warn_of_case(wheel, archive.label());
  warn_of_pth(wheel, archive);
  return wheel;
}

}  // namespace lambda_pack
