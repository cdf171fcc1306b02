#include "bundle/layer_layout.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "archive/wheel.hpp"

namespace lambda_pack {
namespace {

// A wheel, and the runtimes that have it.
struct Shared {
  BundleWheel wheel;
  DistributionName name;
  std::vector<std::string> runtimes;
};

std::vector<Shared> shared_wheels(const std::vector<RuntimeWheels>& all) {
  std::map<std::string, Shared> by_digest;
  for (const RuntimeWheels& one : all) {
    for (const BundleWheel& wheel : one.wheels) {
      const DistributionName name = WheelName::parse(wheel.path.filename().string()).value().name;
      Shared& shared = by_digest.try_emplace(wheel.digest.value().hex(), Shared{wheel, name, {}}).first->second;
      shared.runtimes.push_back(one.runtime);
    }
  }
  std::vector<Shared> wheels;
  for (auto& [digest, shared] : by_digest) wheels.push_back(std::move(shared));
  std::sort(wheels.begin(), wheels.end(), [](const Shared& one, const Shared& other) {
    return std::tie(one.name, one.runtimes) < std::tie(other.name, other.runtimes);
  });
  return wheels;
}

// The folders at a wheel's root, and whether each is a regular package.
std::map<std::string, bool> root_folders(const BundleWheel& wheel) {
  const MappedFile bytes(wheel.path);
  const std::string name = wheel.path.filename().string();
  const ZipArchive archive = ZipArchive::parse(bytes.bytes(), name);
  std::map<std::string, bool> folders;
  for (const WheelFile& file : read_wheel(archive, name).files) {
    const std::string folder(file.path.first_part());
    if (folder.size() == file.path.str().size() || folder.ends_with(".dist-info")) continue;
    folders[folder] |= file.path.str() == folder + "/__init__.py";
  }
  return folders;
}

// The wheels that are to be in `python/`: those of all runtimes, but for the ones that share a regular package with
// another.
std::set<const Shared*> common_wheels(const std::vector<Shared>& wheels, std::size_t runtimes) {
  std::set<const Shared*> common;
  for (const Shared& one : wheels) {
    if (one.runtimes.size() == runtimes) common.insert(&one);
  }
  if (common.size() == wheels.size() || common.empty()) return common;
  std::map<std::string, std::vector<const Shared*>> having;
  std::set<std::string> regular;
  for (const Shared& one : wheels) {
    for (const auto& [folder, is_regular] : root_folders(one.wheel)) {
      having[folder].push_back(&one);
      if (is_regular) regular.insert(folder);
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::string& folder : regular) {
      const std::vector<const Shared*>& together = having[folder];
      const auto is_common = [&](const Shared* one) { return common.contains(one); };
      if (std::all_of(together.begin(), together.end(), is_common)) continue;
      for (const Shared* one : together) changed |= common.erase(one) > 0;
    }
  }
  return common;
}

}  // namespace

std::string layer_folder_of(std::string_view runtime) {
  return "python/lib/" + std::string(runtime) + "/site-packages/";
}

std::vector<BundleWheel> layer_layout(const std::vector<RuntimeWheels>& runtimes) {
  const std::vector<Shared> wheels = shared_wheels(runtimes);
  const std::set<const Shared*> common = common_wheels(wheels, runtimes.size());
  std::vector<BundleWheel> placed;
  for (const Shared& one : wheels) {
    BundleWheel wheel = one.wheel;
    if (common.contains(&one)) {
      wheel.prefix = kLayerFolder;
      placed.push_back(wheel);
      continue;
    }
    for (const std::string& runtime : one.runtimes) {
      wheel.prefix = layer_folder_of(runtime);
      placed.push_back(wheel);
    }
  }
  return placed;
}

}  // namespace lambda_pack
