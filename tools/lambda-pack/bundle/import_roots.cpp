#include "bundle/import_roots.hpp"

#include <algorithm>

#include "bundle/conflicts.hpp"

namespace lambda_pack {
namespace {

// Data folders, `x.libs` and `x.dist-info` cannot be imported.
bool is_identifier(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

}  // namespace

std::map<std::string, bool> import_roots(const Bundle& bundle, const std::vector<std::string>& folders) {
  std::map<std::string, bool> roots;
  for (const BundleFile& file : bundle.files()) {
    for (const std::string& folder : folders) {
      std::string_view path = file.part.path->str();
      if (!path.starts_with(folder)) continue;
      path.remove_prefix(folder.size());
      const std::size_t slash = path.find('/');
      if (slash == path.npos || !is_identifier(path.substr(0, slash))) continue;
      bool& is_regular = roots[std::string(path.substr(0, slash))];
      if (path.substr(slash) == "/__init__.py") is_regular |= !extends_path(bundle.content(file));
    }
  }
  return roots;
}

void check_split_packages(const Bundle& bundle, const Layers& layers, std::vector<std::string>& warnings) {
  if (layers.own.empty()) return;
  for (const auto& [name, is_regular] : import_roots(bundle, {""})) {
    for (const Layer& layer : layers.own) {
      const auto there = layer.packages.find(name);
      if (there == layer.packages.end() || !(is_regular || there->second)) continue;
      warnings.push_back(name + " is both in the package and in the layer " + layer.name +
                         ", and Python takes a package with an __init__.py from one of them alone");
    }
  }
}

}  // namespace lambda_pack
