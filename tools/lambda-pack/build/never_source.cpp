#include "build/never_source.hpp"

#include <algorithm>
#include <array>

namespace lambda_pack {
namespace {

constexpr std::array<std::string_view, 20> kNames{".git",          ".hg",
                                                  ".svn",          ".bzr",
                                                  ".jj",           "_darcs",
                                                  "CVS",  // version control
                                                  "__pycache__",   ".mypy_cache",
                                                  ".pytest_cache", ".ruff_cache",
                                                  ".hypothesis",  // caches
                                                  ".tox",          ".nox",
                                                  ".eggs",         "__pypackages__",
                                                  "node_modules",  // what tools installed
                                                  ".pdm-build",    ".ipynb_checkpoints",
                                                  ".DS_Store"};  // what tools leave behind

constexpr std::array<std::string_view, 5> kMarkers{"CMakeCache.txt", "pyvenv.cfg", "CACHEDIR.TAG", "conda-meta",
                                                   ".lambda-pack-stage"};

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_never_source(std::string_view name) { return is_one_of(kNames, name) || name.ends_with(".egg-info"); }

bool marks_made_folder(std::string_view name) { return is_one_of(kMarkers, name); }

}  // namespace lambda_pack
