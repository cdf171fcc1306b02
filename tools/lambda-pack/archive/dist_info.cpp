#include "archive/dist_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "archive/refusal.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kSuffix = ".dist-info";

// Old builders wrote `_` in a version for the `-` of a post release or the `+` of a local one.
bool spells_version(std::string_view text, const Version& version) {
  for (const char separator : {'_', '-', '+'}) {
    std::string spelling(text);
    std::ranges::replace(spelling, '_', separator);
    if (const auto parsed = Version::parse(spelling); parsed && *parsed == version) return true;
  }
  return false;
}

// The folders at the top of the archive whose name ends with `.dist-info`.
std::vector<std::string_view> dist_info_folders(const ZipArchive& archive) {
  std::vector<std::string_view> found;
  const auto look_at = [&](std::string_view first_part) {
    if (first_part.ends_with(kSuffix) && std::ranges::find(found, first_part) == found.end()) {
      found.push_back(first_part);
    }
  };
  for (const ZipEntry& entry : archive.entries()) {
    if (entry.path.first_part().size() < entry.path.str().size()) look_at(entry.path.first_part());
  }
  for (const ArchivePath& folder : archive.folders()) look_at(folder.first_part());
  return found;
}

bool is_signature(std::string_view path, std::string_view dist_info) {
  return path.starts_with(dist_info) &&
         (path.substr(dist_info.size()) == "/RECORD.jws" || path.substr(dist_info.size()) == "/RECORD.p7s");
}

// The first value of `key` in the headers of a metadata file (RFC 822 style, before the first empty line).
std::optional<std::string_view> header_value(std::string_view text, std::string_view key) {
  for (std::string_view line : split(text, '\n')) {
    if (trimmed(line).empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    if (lowered(line.substr(0, colon)) == key) return trimmed(line.substr(colon + 1));
  }
  return std::nullopt;
}

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

bool names_the_wheel(std::string_view stem, const WheelName& name) {
  for (std::size_t dash = stem.find('-'); dash != std::string_view::npos; dash = stem.find('-', dash + 1)) {
    if (normalize_name(stem.substr(0, dash)) == name.name.str() &&
        spells_version(stem.substr(dash + 1), name.version)) {
      return true;
    }
  }
  return false;
}

std::string find_dist_info(const ZipArchive& archive, const WheelName& name) {
  const std::vector<std::string_view> found = dist_info_folders(archive);
  if (found.empty()) throw refusal(archive.label(), "has no .dist-info folder");
  if (found.size() > 1) {
    throw refusal(archive.label(),
                  fmt::format("has more than one .dist-info folder: {} and {}", quote(found[0]), quote(found[1])));
  }
  const std::string_view folder = found.front();
  if (!names_the_wheel(folder.substr(0, folder.size() - kSuffix.size()), name)) {
    throw refusal(archive.label(), folder,
                  fmt::format("is not the .dist-info folder of {} {}", name.name.str(), name.version.str()));
  }
  return std::string(folder);
}

std::string dist_info_file(const ZipArchive& archive, std::string_view dist_info, std::string_view file) {
  const std::string path = fmt::format("{}/{}", dist_info, file);
  const ZipEntry* entry = archive.find(path);
  if (entry == nullptr) throw refusal(archive.label(), path, "is missing");
  return archive.content(*entry);
}

std::unique_ptr<const Record> read_record(const ZipArchive& archive, std::string_view dist_info) {
  const std::string record_path = fmt::format("{}/RECORD", dist_info);
  std::unique_ptr<const Record> record;
  std::string text = dist_info_file(archive, dist_info, "RECORD");
  try {
    record = std::make_unique<const Record>(std::move(text));
  } catch (const Error& error) {
    throw refusal(archive.label(), record_path, error.what());
  }
  // Both sides are sorted by path: one walk over both.
  auto row = record->rows().begin();
  for (const ZipEntry& entry : archive.entries()) {
    const std::string& path = entry.path.str();
    while (row != record->rows().end() && row->path < path) ++row;
    const bool named = row != record->rows().end() && row->path == path;
    if (!named && path != record_path && !is_signature(path, dist_info)) {
      throw refusal(archive.label(), path, "is not named in RECORD");
    }
  }
  return record;
}

std::string check_wheel_version(const ZipArchive& archive, std::string_view dist_info) {
  const std::string path = fmt::format("{}/WHEEL", dist_info);
  const std::string text = dist_info_file(archive, dist_info, "WHEEL");
  const auto value = header_value(text, "wheel-version");
  if (!value) throw refusal(archive.label(), path, "has no Wheel-Version");
  const auto parts = split(*value, '.');
  const auto major = number(parts.front());
  const auto minor = parts.size() > 1 ? number(parts[1]) : 0u;
  if (!major || !minor) throw refusal(archive.label(), path, fmt::format("has Wheel-Version {}", quote(*value)));
  if (*major != 1) {
    throw refusal(archive.label(), path, fmt::format("has Wheel-Version {}; only 1.x is known", quote(*value)));
  }
  if (*minor == 0) return {};
  return fmt::format("{}: has Wheel-Version {}, newer than the 1.0 known here", archive.label(), quote(*value));
}

void check_metadata(const ZipArchive& archive, std::string_view dist_info, const WheelName& name) {
  const std::string path = fmt::format("{}/METADATA", dist_info);
  const std::string text = dist_info_file(archive, dist_info, "METADATA");
  const auto distribution = header_value(text, "name");
  const auto version = header_value(text, "version");
  if (!distribution || !version) throw refusal(archive.label(), path, "has no Name or no Version");
  if (normalize_name(*distribution) != name.name.str()) {
    throw refusal(archive.label(), path, fmt::format("has Name {}, unlike the file name", quote(*distribution)));
  }
  if (!spells_version(*version, name.version)) {
    throw refusal(archive.label(), path, fmt::format("has Version {}, unlike the file name", quote(*version)));
  }
}

}  // namespace lambda_pack
