#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/checks.hpp"

namespace lambda_pack {
namespace {

std::string machine_text(std::uint16_t machine) {
  switch (machine) {
    case 3: return "x86 (32 bit)";
    case 40: return "arm (32 bit)";
    case 62: return "x86_64";
    case 183: return "arm64";
    default: return "machine " + std::to_string(machine);
  }
}

bool is_for_any_platform(const BundleSource& source) {
  if (!source.wheel) return false;
  for (const Tag& tag : source.wheel->name.tags) {
    if (tag.platform != "any") return false;
  }
  return true;
}

// PEP 3149 and PEP 384 names: what `import` loads by itself.
bool is_extension_module(std::string_view path) {
  return path.find(".cpython-3") != std::string_view::npos || path.ends_with(".abi3.so");
}

// A libstdc++.so.6 of the package's own counts instead of the runtime's.
bool brings_libstdcxx(const std::vector<NativeFile>& files) {
  return std::ranges::any_of(
      files, [](const NativeFile& native) { return native.file->part.path->file_name() == "libstdc++.so.6"; });
}

std::string misfit(const NativeFile& native, const Target& target, bool own_libstdcxx) {
  const std::string name = native.file->part.path->str() + " (" + native.file->source->label + ")";
  if (native.elf.machine != elf_machine(target.architecture)) {
    return name + " is for " + machine_text(native.elf.machine);
  }
  if (native.elf.glibc_minor > target.runtime->glibc_minor) {
    return name + " needs glibc 2." + std::to_string(native.elf.glibc_minor) + "; " + std::string(target.runtime->id) +
           " has 2." + std::to_string(target.runtime->glibc_minor);
  }
  if (native.elf.glibcxx_patch > target.runtime->glibcxx_patch && !own_libstdcxx) {
    return name + " needs GLIBCXX_3.4." + std::to_string(native.elf.glibcxx_patch) + " of libstdc++; " +
           std::string(target.runtime->id) + " has 3.4." + std::to_string(target.runtime->glibcxx_patch);
  }
  return {};
}

}  // namespace

void check_native_files(const std::vector<NativeFile>& files, const Target& target,
                        std::vector<std::string>& warnings) {
  const bool own_libstdcxx = brings_libstdcxx(files);
  std::map<const BundleSource*, bool> has_fitting;
  for (const NativeFile& native : files) {
    if (misfit(native, target, own_libstdcxx).empty()) has_fitting[native.file->source] = true;
  }
  std::vector<std::string> refused;
  for (const NativeFile& native : files) {
    const std::string problem = misfit(native, target, own_libstdcxx);
    if (problem.empty()) continue;
    const BundleSource& source = *native.file->source;
    const bool other_machine = native.elf.machine != elf_machine(target.architecture);
    const bool side_file =
        other_machine && has_fitting.contains(&source) && !is_extension_module(native.file->part.path->str());
    if (source.wheel && !source.is_project && (is_for_any_platform(source) || side_file)) {
      warnings.push_back(problem + ", and will not load on " + target.str());
    } else {
      refused.push_back(problem);
    }
  }
  if (refused.empty()) return;
  const std::size_t shown = std::min<std::size_t>(refused.size(), 10);
  std::string text = "cannot run on " + target.str() + ": " + join({refused.begin(), refused.begin() + shown}, "; ");
  if (refused.size() > shown) text += "; and " + std::to_string(refused.size() - shown) + " more";
  throw Error(text, "package it for the ARCHITECTURE and RUNTIME it was built for, or build it for this target");
}

}  // namespace lambda_pack
