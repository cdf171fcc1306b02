#include "bundle/conflicts.hpp"

#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

// An `__init__.py` that only declares a namespace (pkgutil's or pkg_resources' way) or is empty.
bool declares_namespace(std::string_view path, std::string_view text) {
  if (!path.ends_with("/__init__.py")) return false;
  if (extends_path(text)) return true;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view content = trimmed(line);
    if (!content.empty() && !content.starts_with('#')) return false;
  }
  return true;
}

// Whether the later file may go because the earlier one says the same. Size and CRC-32 tell most cases apart at once;
// equal ones are compared, since a CRC-32 can be forged.
bool agree(const Bundle& bundle, const BundleFile& first, const BundleFile& second,
           std::vector<std::string>& warnings) {
  const bool may_be_equal = first.part.size == second.part.size && first.part.crc32 == second.part.crc32;
  const std::string& path = first.part.path->str();
  if (!may_be_equal && !path.ends_with("/__init__.py")) return false;
  const std::string one = bundle.content(first), other = bundle.content(second);
  if (one == other) return true;
  if (!declares_namespace(path, one) || !declares_namespace(path, other)) return false;
  warnings.push_back(first.source->label + " and " + second.source->label + " spell the namespace " + path +
                     " differently; the first one's is packaged");
  return true;
}

// EXCLUDE is for wheels; what comes by another argument goes elsewhere instead.
std::string hint_about_files(const BundleFile& first, const BundleFile& second) {
  for (const BundleFile* file : {&first, &second}) {
    if (file->source->is_extensions) return "\nor give the extension module another package: <target>=<package>";
    if (!file->source->wheel && !file->source->is_project) return "\nor give the file of FILES another destination";
  }
  return "";
}

[[noreturn]] void refuse(const BundleFile& first, const BundleFile& second) {
  throw Error(first.source->label + " and " + second.source->label + " both bring " + first.part.path->str() +
                  ", with different content",
              "drop one of the two, or leave the file out of the wheels: EXCLUDE " + first.part.path->str() +
                  hint_about_files(first, second));
}

// A file `a` beside a file `a/b`.
void refuse_files_as_folders(const std::vector<BundleFile>& files) {
  std::unordered_map<std::string_view, const BundleFile*> names;
  names.reserve(files.size());
  for (const BundleFile& file : files) names.emplace(file.part.path->str(), &file);
  std::string_view last_folder;
  for (const BundleFile& file : files) {
    const std::string_view path = file.part.path->str();
    const std::string_view folder = path.substr(0, path.rfind('/') == path.npos ? 0 : path.rfind('/'));
    if (folder == last_folder) continue;  // checked with the file before
    last_folder = folder;
    for (std::string_view above = folder; !above.empty();) {
      if (const auto found = names.find(above); found != names.end()) {
        const BundleFile& other = *found->second;
        throw Error(file.source->label + " brings " + std::string(path) + ", but " + std::string(above) +
                        " is a file of " + other.source->label,
                    "drop one of the two, or leave the file out of the wheels: EXCLUDE " + std::string(above) +
                        hint_about_files(file, other));
      }
      above = above.substr(0, above.rfind('/') == above.npos ? 0 : above.rfind('/'));
    }
  }
}

}  // namespace

bool extends_path(std::string_view init) {
  return init.find("extend_path") != init.npos || init.find("declare_namespace") != init.npos;
}

void resolve_conflicts(const Bundle& bundle, std::vector<BundleFile>& files, std::vector<std::string>& warnings) {
  std::vector<BundleFile> kept;
  kept.reserve(files.size());
  for (const BundleFile& file : files) {
    if (kept.empty() || *kept.back().part.path != *file.part.path) {
      kept.push_back(file);
    } else if (!agree(bundle, kept.back(), file, warnings)) {
      refuse(kept.back(), file);
    }
  }
  files = std::move(kept);
  refuse_files_as_folders(files);
}

}  // namespace lambda_pack
