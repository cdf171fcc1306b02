#include "commands/extra_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

bool is_executable(const fs::path& file) {
  return (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

// Where a file goes, or an Error that says whose destination is none.
ArchivePath packaged_as(const std::string& path, const std::string& text) {
  try {
    return ArchivePath(path);
  } catch (const Error& error) {
    throw Error("FILES " + quote(text) + ": nothing can be packaged as " + error.what(),
                "the destination is relative to the zip's root: FILES data/model.bin=my_lambda/model.bin");
  }
}

ArchivePath placed(const std::string& path, const std::string& text) {
  try {
    return ArchivePath(path);
  } catch (const Error& error) {
    throw Error("EXTENSIONS " + quote(text) + ": nothing can be packaged as " + error.what(),
                "the place is relative to the zip's root, and ends with the file's own name");
  }
}

void add_folder(const fs::path& folder, const std::string& destination, const std::string& text, ExtraFiles& found) {
  found.inputs.folders.insert(folder);
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const std::string path = destination.empty() ? name : destination + "/" + name;
    if (entry.is_directory()) {
      if (name != "__pycache__") add_folder(entry.path(), path, text, found);
    } else if (entry.is_regular_file()) {
      found.inputs.files.insert(entry.path());
      found.files.push_back({entry.path(), packaged_as(path, text), is_executable(entry.path())});
    }
  }
  if (error) throw_system_error("listing", folder, error.value());
}

void add(const std::string& text, ExtraFiles& found) {
  const std::size_t sign = text.rfind('=');
  if (sign == std::string::npos || sign == 0) {
    throw Error("FILES " + quote(text) + " is not <source>=<destination>", "FILES data/model.bin=my_lambda/model.bin");
  }
  const fs::path source = fs::absolute(text.substr(0, sign)).lexically_normal();
  std::string destination = text.substr(sign + 1);
  bool into_folder = destination.empty() || destination.ends_with('/');
  while (destination.size() > 1 && destination.ends_with('/')) destination.pop_back();
  if (destination == ".") {
    into_folder = true;
    destination.clear();
  }
  if (!destination.empty()) packaged_as(destination, text);
  if (fs::is_directory(source)) return add_folder(source, destination, text, found);
  if (!fs::is_regular_file(source)) {
    throw Error("FILES " + quote(text) + ": there is no file or folder " + source.string(),
                "name what exists when the package is built; what another rule makes goes into DEPENDS as well");
  }
  if (into_folder) destination += (destination.empty() ? "" : "/") + source.filename().string();
  found.inputs.files.insert(source);
  found.files.push_back({source, packaged_as(destination, text), is_executable(source)});
}

}  // namespace

std::vector<ExtraFile> find_extensions(const std::vector<std::string>& texts) {
  std::map<ArchivePath, ExtraFile> found;
  for (const std::string& text : texts) {
    const std::size_t sign = text.rfind('=');
    if (sign == std::string::npos || sign == 0) {
      throw Error("EXTENSIONS " + quote(text) + " is not <file>=<place>",
                  "build/geometry.cpython-313-x86_64-linux-gnu.so=my_lambda/geometry.cpython-313-x86_64-linux-gnu.so");
    }
    const fs::path source = fs::absolute(text.substr(0, sign)).lexically_normal();
    if (!fs::is_regular_file(source)) {
      throw Error("EXTENSIONS: there is no file " + source.string(), "build it before the package that brings it");
    }
    const ArchivePath place = placed(text.substr(sign + 1), text);
    const auto [other, is_new] = found.emplace(place, ExtraFile{source, place, false});
    if (!is_new) {
      throw Error(
          "EXTENSIONS brings both " + other->second.source.string() + " and " + source.string() + " as " + place.str(),
          "give one of them another package: <target>=<package>");
    }
  }
  std::vector<ExtraFile> files;
  for (auto& [place, file] : found) files.push_back(std::move(file));
  return files;
}

ExtraFiles find_extra_files(const std::vector<std::string>& texts) {
  ExtraFiles found;
  for (const std::string& text : texts) {
    try {
      add(text, found);
    } catch (const fs::filesystem_error& error) {
      throw_system_error("reading", error.path1(), error.code().value());
    }
  }
  std::stable_sort(found.files.begin(), found.files.end(),
                   [](const ExtraFile& a, const ExtraFile& b) { return a.destination < b.destination; });
  return found;
}

std::vector<ExtraFile> packaged_files(const SourceTree& tree) {
  std::vector<ExtraFile> files;
  for (const std::string& file : tree.files) {
    const fs::path source = tree.root / file;
    try {
      files.push_back({source, ArchivePath(file), is_executable(source)});
    } catch (const Error& error) {
      throw Error(source.string() + " cannot be packaged: " + error.what(), "rename it, or move it out of the project");
    }
  }
  return files;
}

}  // namespace lambda_pack
