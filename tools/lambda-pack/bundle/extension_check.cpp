#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "bundle/checks.hpp"

namespace lambda_pack {
namespace {

// The part between the module's name and `.so`: "cpython-311-x86_64-linux-gnu", "abi3", or nothing.
std::string_view suffix_of(std::string_view file_name) {
  file_name.remove_suffix(std::string_view(".so").size());
  const std::size_t dot = file_name.find('.');
  return dot == std::string_view::npos ? std::string_view() : file_name.substr(dot + 1);
}

std::string wanted_suffix(const Target& target) {
  return "cpython-3" + std::to_string(target.runtime->minor) + "-" + std::string(machine_name(target.architecture)) +
         "-linux-gnu";
}

// "Python 3.11", "free-threaded Python 3.13", of a suffix that names a CPython.
std::optional<std::string> python_of(std::string_view suffix) {
  constexpr std::string_view prefix = "cpython-3";
  if (!suffix.starts_with(prefix)) return std::nullopt;
  suffix.remove_prefix(prefix.size());
  int minor = 0;
  const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), minor);
  if (error != std::errc()) return std::nullopt;
  const bool free_threaded = end != suffix.data() + suffix.size() && *end == 't';
  return (free_threaded ? "free-threaded Python 3." : "Python 3.") + std::to_string(minor);
}

void check_name(const std::string& path, const Target& target) {
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  const std::string hint = "Python imports <module>." + wanted_suffix(target) +
                           ".so, <module>.abi3.so and <module>.so there; "
                           "build it against the headers of " +
                           std::string(target.runtime->id);
  if (!name.ends_with(".so")) throw Error("EXTENSIONS: Python imports no file of the name " + path, hint);
  const std::string_view suffix = suffix_of(name);
  if (suffix.empty() || suffix == "abi3" || suffix == wanted_suffix(target)) return;
  const std::string of = "EXTENSIONS: " + path + " is for ";
  const std::optional<std::string> python = python_of(suffix);
  const std::string wanted = "Python 3." + std::to_string(target.runtime->minor);
  if (python && *python != wanted) throw Error(of + *python + "; the package is for " + target.str(), hint);
  throw Error("EXTENSIONS: " + target.str() + " imports no file of the name " + path, hint);
}

}  // namespace

void check_extensions(const Bundle& bundle, const Target& target) {
  for (const BundleFile& file : bundle.files()) {
    if (!file.source->is_extensions) continue;
    const std::string& path = file.part.path->str();
    check_name(path, target);
    const std::size_t name_at = path.rfind('/') + 1;
    const std::string module = path.substr(0, path.find('.', name_at));
    if (const BundleFile* package = bundle.find(module + "/__init__.py")) {
      throw Error("EXTENSIONS: " + path + " is never imported: " + package->source->label +
                      " brings a package of that name, " + package->part.path->str(),
                  "give one of the two another name or another package");
    }
  }
}

}  // namespace lambda_pack
