#include "invoke/watched_paths.hpp"

#include <algorithm>

namespace lambda_pack {
namespace fs = std::filesystem;

bool is_passing_file(const std::string& name) {
  static const std::set<std::string> caches{"__pycache__", ".pytest_cache", ".mypy_cache",
                                            ".ruff_cache", ".git",          ".hg"};
  if (caches.contains(name)) return true;
  const auto ends_with = [&](std::string_view end) { return std::string_view(name).ends_with(end); };
  const bool is_vim = ends_with(".swp") || ends_with(".swx") || ends_with(".swo") || name == "4913";
  const bool is_emacs = name.starts_with(".#") || (name.starts_with('#') && ends_with("#"));
  return is_vim || is_emacs || ends_with("~") || ends_with("___jb_tmp___") || ends_with("___jb_old___") ||
         name.starts_with(".goutputstream-") || ends_with(".pyc") || ends_with(".kate-swp");
}

void WatchedPaths::set(Owner owner, const Inputs& inputs) { inputs_[owner] = inputs; }

Owners WatchedPaths::owners_of(const fs::path& folder, const std::string& name) const {
  Owners owners;
  const fs::path path = folder / name;
  for (const auto& [owner, inputs] : inputs_) {
    const bool is_new = inputs.folders.contains(folder) && !is_passing_file(name);
    if (is_new || inputs.files.contains(path) || inputs.folders.contains(path)) owners.insert(owner);
  }
  return owners;
}

std::set<fs::path> WatchedPaths::folders() const {
  std::set<fs::path> folders;
  for (const auto& [owner, inputs] : inputs_) folders.insert(inputs.folders.begin(), inputs.folders.end());
  return folders;
}

std::set<fs::path> WatchedPaths::files() const {
  std::set<fs::path> files;
  for (const auto& [owner, inputs] : inputs_) files.insert(inputs.files.begin(), inputs.files.end());
  return files;
}

Owners WatchedPaths::everybody() const {
  Owners owners;
  for (const auto& [owner, inputs] : inputs_) owners.insert(owner);
  return owners;
}

void Settling::seen(const Owners& owners, Clock::time_point now) {
  if (owners.empty()) return;
  if (owners_.empty()) first_ = now;
  last_ = now;
  owners_.insert(owners.begin(), owners.end());
}

std::optional<Settling::Clock::time_point> Settling::due() const {
  if (owners_.empty()) return std::nullopt;
  return std::min(last_ + quiet_, first_ + longest_);
}

Owners Settling::take(Clock::time_point now) {
  if (owners_.empty() || now < *due()) return {};
  Owners taken;
  taken.swap(owners_);
  return taken;
}

}  // namespace lambda_pack
