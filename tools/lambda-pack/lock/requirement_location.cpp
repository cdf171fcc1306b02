#include "lock/requirement_location.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/git_source.hpp"
#include "lock/project.hpp"
#include "lock/source_file.hpp"
#include "standards/wheel_name.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kFile = "file:";

bool is_url(std::string_view text) { return text.find("://") != std::string_view::npos; }

// The place alone, without extras and marker: `./libs/one[extra] ; python_version < "3.12"`.
std::string_view place_of(std::string_view text) {
  text = trimmed(text.substr(0, text.find(" ;")));
  if (!text.empty() && text.back() == ']') text = text.substr(0, text.rfind('['));
  return text;
}

// The path of `file:///srv/one`, `file:one` or of a path; without fragment and a `/` at the end.
std::string path_of(std::string_view location) {
  auto path = std::string(location.substr(0, location.find('#')));
  if (path.starts_with(kFile)) {
    path.erase(0, kFile.size());
    if (path.starts_with("//")) path.erase(0, std::min(path.size(), path.find('/', 2)));
    path = percent_decoded(path);
  }
  while (path.starts_with("./")) path.erase(0, 2);
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path.empty() ? "." : path;
}

// `one` of `#egg=one[extra]&subdirectory=sub`.
std::optional<std::string> egg_of(std::string_view location) {
  const auto fragment = location.find('#');
  if (fragment == std::string_view::npos) return std::nullopt;
  for (const auto part : split(location.substr(fragment + 1), '&')) {
    if (part.starts_with("egg=")) return percent_decoded(part.substr(4, part.find('[') - 4));
  }
  return std::nullopt;
}

std::optional<std::string> name_in_folder(const Source& source, const RequirementsFolder& folder,
                                          const LockSurroundings& around) {
  const bool is_absolute = source.url.starts_with('/');
  const auto lock_folder = folder.path.substr(0, folder.path.size() - folder.relative.size());
  const auto file = (is_absolute ? "" : lock_folder) + source.url + "/pyproject.toml";
  const auto text = around.read_file ? around.read_file(file) : std::nullopt;
  return text ? std::optional(read_project(*text, file).name.str()) : std::nullopt;
}

std::string named(const Source& source, std::string_view location, const RequirementsFolder& folder,
                  const LockSurroundings& around, const std::string& place) {
  if (const auto egg = egg_of(location)) return *egg;
  if (source.kind == SourceKind::directory) {
    if (const auto name = name_in_folder(source, folder, around)) return *name;
  } else if (source.kind != SourceKind::git) {
    const auto file = source.kind == SourceKind::file ? file_name_in_path(source.url) : file_name_in_url(source.url);
    if (const auto wheel = WheelName::parse(file)) return wheel->name.str() + "==" + wheel->version.str();
  }
  const bool is_folder = source.kind == SourceKind::directory;
  throw Error(fmt::format("{}: {} does not say which distribution it is{}", place, quote(location),
                          is_folder ? ": no pyproject.toml is there" : ""),
              fmt::format("{}put its name before it: name @ {}", is_folder ? "bring the folder, or " : "", location));
}

}  // namespace

bool is_location(std::string_view text) {
  const auto first = text.substr(0, text.find_first_of(" ;"));
  if (text.find(" @ ") != std::string_view::npos) return false;
  return is_url(first) || first.find('/') != std::string_view::npos || first.starts_with(kFile) ||
         first.starts_with('.') || first.ends_with(".whl");
}

bool is_folder_itself(std::string_view text, const RequirementsFolder& folder) {
  const auto path = path_of(place_of(text));
  return path == "." || (!folder.path.empty() && path + "/" == folder.path);
}

Source source_at(std::string_view location, const RequirementsFolder& folder) {
  if (is_git_url(location)) return git_source_of_pip(location);
  if (is_url(location) && !location.starts_with(kFile)) return {SourceKind::url, std::string(location), "", "", ""};
  auto path = path_of(location);
  const bool is_file = is_archive(path) || path.ends_with(".whl");
  if (!path.starts_with('/')) path = folder.relative + path;
  return {is_file ? SourceKind::file : SourceKind::directory, std::move(path), "", "", ""};
}

LocatedRequirement read_location(const std::string& text, const RequirementsFolder& folder,
                                 const LockSurroundings& around, const std::string& place) {
  const auto location = place_of(text);
  LocatedRequirement result{{}, source_at(location, folder)};
  const auto marker = std::min(text.size(), text.find(" ;"));
  result.requirement = Requirement::parse(named(result.source, location, folder, around, place) + text.substr(marker));
  return result;
}

}  // namespace lambda_pack
