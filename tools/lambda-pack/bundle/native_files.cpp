#include "bundle/native_files.hpp"

#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "store/wheel_facts.hpp"

namespace lambda_pack {
namespace {

using FactsOfEntries = std::map<std::string, ElfFacts, std::less<>>;

FactsOfEntries stored_facts(const BundleSource& source) {
  FactsOfEntries facts;
  for (WheelElf& one : wheel_facts(source.path, *source.archive).elf_files) {
    facts.emplace(std::move(one.entry), std::move(one.elf));
  }
  return facts;
}

std::optional<ElfFacts> facts_by_looking(const Bundle& bundle, const BundleFile& file) {
  const std::string content = bundle.content(file);
  try {
    return elf_facts(std::as_bytes(std::span(content)));
  } catch (const Error& error) {
    if (!has_loadable_name(file.part.path->str())) return std::nullopt;
    throw Error(file.source->label + ": " + file.part.path->str() + ": " + error.what(),
                "build or copy the file again");
  }
}

}  // namespace

std::vector<NativeFile> native_files(const Bundle& bundle) {
  std::map<const BundleSource*, FactsOfEntries> stored;
  for (const BundleSource& source : bundle.sources()) {
    if (source.wheel && !source.is_project) stored.emplace(&source, stored_facts(source));
  }
  std::vector<NativeFile> found;
  for (const BundleFile& file : bundle.files()) {
    if (file.is_bytecode) continue;
    const auto known = stored.find(file.source);
    if (known == stored.end()) {
      if (std::optional<ElfFacts> facts = facts_by_looking(bundle, file)) found.push_back({&file, std::move(*facts)});
    } else if (file.entry != nullptr) {
      const auto at = known->second.find(file.entry->path.str());
      if (at != known->second.end()) found.push_back({&file, at->second});
    }
  }
  return found;
}

}  // namespace lambda_pack
