#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/checks.hpp"
#include "runtime/system_libraries.hpp"

namespace lambda_pack {
namespace {

// What the package brings: by the name that the loader looks for, and by the one under which it knows what is loaded
// already. Where in the package it lies is left to its maker: run paths, preloading, LD_LIBRARY_PATH.
std::set<std::string_view> libraries_of(const std::vector<NativeFile>& files) {
  std::set<std::string_view> names;
  for (const NativeFile& native : files) {
    names.insert(native.file->part.path->file_name());
    names.insert(native.elf.soname);
  }
  return names;
}

std::string text_of(const std::string& library, const std::vector<const NativeFile*>& files, const Target& target) {
  const NativeFile& first = *files.front();
  const std::string more = files.size() == 1 ? " needs " : " and " + std::to_string(files.size() - 1) + " more need ";
  return first.file->part.path->str() + " (" + first.file->source->label + ")" + more + library +
         ", which neither the package nor " + std::string(target.runtime->id) + " has";
}

}  // namespace

void check_needed_libraries(const std::vector<NativeFile>& files, const Target& target,
                            std::vector<std::string>& warnings, const Layers& layers) {
  const auto is_in_layer = [&](const std::string& library) {
    return std::any_of(layers.own.begin(), layers.own.end(),
                       [&](const Layer& layer) { return layer.native_files.contains(library); });
  };
  const std::set<std::string_view> brought = libraries_of(files);
  std::map<std::pair<const BundleSource*, std::string>, std::vector<const NativeFile*>> missing;
  for (const NativeFile& native : files) {
    if (native.elf.machine != elf_machine(target.architecture)) continue;
    for (const std::string& library : native.elf.needed) {
      if (brought.contains(library) || runtime_has_library(target, library) || is_in_layer(library)) continue;
      missing[{native.file->source, library}].push_back(&native);
    }
  }
  std::vector<std::string> refused;
  for (const auto& [key, users] : missing) {
    const auto& [source, library] = key;
    const bool from_index = source->wheel && !source->is_project;
    (from_index || !layers.external.empty() ? warnings : refused).push_back(text_of(library, users, target));
  }
  if (refused.empty()) return;
  throw Error(join(refused, "; "),
              "link it statically, or put the library beside it: FILES <library>=lib/, where Lambda's "
              "loader looks");
}

}  // namespace lambda_pack
