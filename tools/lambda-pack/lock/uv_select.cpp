#include "lock/uv_select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/python_requirement.hpp"
#include "lock/request_names.hpp"
#include "lock/source_file.hpp"
#include "lock/table.hpp"
#include "lock/toml.hpp"
#include "lock/uv_lock.hpp"
#include "lock/uv_project.hpp"
#include "lock/uv_walk.hpp"
#include "lock/wheel_choice.hpp"

namespace lambda_pack {
namespace {

std::vector<std::string> texts_of(const std::set<DistributionName>& names) {
  std::vector<std::string> texts;
  for (const auto& name : names) texts.push_back(name.str());
  return texts;
}

template <typename Map>
void add_keys(const Map& map, std::set<std::string>& keys) {
  for (const auto& [key, value] : map) keys.insert(key);
}

std::vector<std::string> list_of(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

class UvSelector {
 public:
  UvSelector(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request)
      : request_(request), project_(read_uv_project(parse_toml(pyproject.text, pyproject.file), pyproject.file)),
        lock_(read_uv_lock(lock.text, lock.file)), groups_(normalized_names(request.groups)),
        extras_(normalized_names(request.extras)), root_(find_root()),
        fits_(!is_project() || fits_uv_project(root(), lock_, project_, request.target)) {
    if (request.default_groups) groups_.insert(project_.default_groups.begin(), project_.default_groups.end());
  }

  Selection run() {
    check_names();
    require_python(lock_.requires_python, request_.target, lock_.file,
                   "widen requires-python in pyproject.toml and run `uv lock`, or choose another runtime");
    require_supported();
    if (!fits_) {
      warnings_.push_back(
          fmt::format("{} does not fit {}, which has changed since: run `uv lock`", lock_.file, project_.file));
    }
    auto selection = with_files(walk());
    warn_about_patch();
    selection.warnings = std::move(warnings_);
    return selection;
  }

 private:
  const UvPackage& root() const { return lock_.packages[root_]; }
  bool is_project() const { return project_.name == root().name; }

  // The package of the lock that is the project, or the named member of the workspace.
  std::size_t find_root() const {
    if (request_.member.empty() && !project_.name) nameless();
    const auto name = request_.member.empty() ? *project_.name : DistributionName(request_.member);
    const bool is_member = lock_.members.empty() || lock_.members.count(name) > 0;
    std::optional<std::size_t> found;
    for (std::size_t i = 0; is_member && i < lock_.packages.size(); ++i) {
      const auto& package = lock_.packages[i];
      if (package.name != name || package.source.kind != SourceKind::directory) continue;
      if (found) claimed_twice(lock_.packages[*found], package);
      found = i;
    }
    if (!found) not_locked(name);
    return *found;
  }

  [[noreturn]] void claimed_twice(const UvPackage& one, const UvPackage& other) const {
    throw Error(fmt::format("{}: the folders {} and {} both claim the name {}", lock_.file, quote(one.source.url),
                            quote(other.source.url), one.name.str()),
                "rename one of the projects, and run `uv lock`");
  }

  std::vector<std::string> locked_projects() const {
    if (!lock_.members.empty()) return texts_of(lock_.members);
    std::set<DistributionName> names;
    for (const auto& package : lock_.packages) {
      if (package.source.kind == SourceKind::directory && package.source.url == ".") names.insert(package.name);
    }
    return texts_of(names);
  }

  [[noreturn]] void nameless() const {
    const auto members = locked_projects();
    throw Error(fmt::format("{} is no project of its own: it has no [project] name", project_.file),
                members.empty() ? "name the project, and run `uv lock`"
                                : "package a member of the workspace: --member " + join(members, " or "));
  }

  [[noreturn]] void not_locked(const DistributionName& name) const {
    const auto projects = locked_projects();
    const auto close = close_names(name.str(), projects);
    if (lock_.members.empty()) {
      throw Error(fmt::format("{} does not lock {}{}", lock_.file, name.str(),
                              projects.empty() ? "" : ", but " + join(projects)),
                  "run `uv lock`, or name the lock that belongs to the project: LOCK <file>");
    }
    throw Error(fmt::format("{}: {} is no member of the workspace", lock_.file, name.str()),
                (close.empty() ? "" : "did you mean " + join(close, " or ") + "?\n") + "its members are " +
                    join(projects) + "; a new one needs `uv lock`");
  }

  void check_names() const {
    std::set<std::string> groups, extras;
    add_keys(root().groups, groups);
    add_keys(root().extras, extras);
    add_declared(groups, extras);
    auto known_groups = groups, known_extras = extras;
    if (is_project()) {
      add_keys(project_.groups, known_groups);
      add_keys(project_.extras, known_extras);
    }
    const auto& file = is_project() ? project_.file : lock_.file;
    const auto wanted_groups = normalized_names(request_.groups);
    require_known(wanted_groups, list_of(known_groups), "dependency group", file);
    require_known(extras_, list_of(known_extras), "extra", file);
    if (fits_) return;  // what brings nothing need not be in the lock
    require_locked(wanted_groups, groups, "dependency group");
    require_locked(extras_, extras, "extra");
  }

  void require_locked(const std::set<std::string>& wanted, const std::set<std::string>& locked,
                      const char* kind) const {
    for (const auto& name : wanted) {
      if (locked.count(name) > 0) continue;
      throw Error(fmt::format("{} has no {} {}, which {} has", lock_.file, kind, quote(name), project_.file),
                  "run `uv lock`");
    }
  }

  // An extra or group that brings nothing stands in the package's metadata only.
  void add_declared(std::set<std::string>& groups, std::set<std::string>& extras) const {
    const auto metadata = root().table->find("metadata");
    if (metadata == root().table->end() || !metadata->is_object()) return;
    const Table table(*metadata, lock_.file, "package.metadata");
    for (const auto& extra : table.texts("provides-extras")) extras.insert(normalize_name(extra));
    if (const auto declared = table.table("requires-dev")) {
      for (const auto& [group, list] : declared->json().items()) groups.insert(normalize_name(group));
    }
  }

  // [tool.uv] environments: uv has looked at no others.
  void require_supported() {
    const auto& markers = lock_.supported_markers;
    const bool supported = markers.empty() || std::any_of(markers.begin(), markers.end(), [&](const auto& marker) {
                             return holds(marker, {}, root().name);
                           });
    if (supported) return;
    throw Error(fmt::format("{} is not made for {}: its environments are {}", lock_.file, request_.target.str(),
                            join(markers, "; ")),
                "add one to `environments` in [tool.uv], and run `uv lock`");
  }

  std::set<std::size_t> walk() {
    Edges edges;
    auto packages = walk_uv_lock(lock_,
                                 {root_, groups_, extras_, request_.provided,
                                  [this](const std::string& marker, const std::set<std::string>& extras,
                                         const DistributionName& at) { return holds(marker, extras, at); },
                                  request_.main},
                                 request_.only.empty() ? nullptr : &edges);
    if (request_.only.empty()) return packages;
    const auto wanted = closure(request_.only, edges);
    std::erase_if(packages, [&](std::size_t index) { return wanted.count(lock_.packages[index].name) == 0; });
    return packages;
  }

  bool holds(const std::string& text, const std::set<std::string>& extras, const DistributionName& at) {
    if (text.empty()) return true;
    bool by_patch = false;
    const bool result = holds_on(marker(text, at), request_.target, extras, &by_patch);
    if (by_patch) depends_on_patch_.insert(at.str());
    return result;
  }

  // Few different texts stand at many edges.
  const Marker& marker(const std::string& text, const DistributionName& at) {
    const auto [entry, is_new] = markers_.try_emplace(text);
    if (!is_new) return entry->second;
    try {
      return entry->second = Marker::parse(text);
    } catch (const Error& error) {
      throw Error(fmt::format("{}: marker of {}: {}", lock_.file, at.str(), error.what()), lock_.label().remake);
    }
  }

  void warn_about_patch() {
    if (depends_on_patch_.empty()) return;
    warnings_.push_back(
        fmt::format("{}: whether {} to the package depends on Python's patch version; decided for {}", lock_.file,
                    join(list_of(depends_on_patch_)) + (depends_on_patch_.size() == 1 ? " belongs" : " belong"),
                    marker_environment(request_.target).python_full_version));
  }

  Selection with_files(const std::set<std::size_t>& packages) const {
    Selection selection;
    selection.runtime = request_.target.runtime->id;
    selection.architecture = lambda_name(request_.target.architecture);
    const WheelRanking ranking(request_.target);
    std::map<DistributionName, const UvPackage*> chosen;
    for (const auto index : packages) {
      const auto& package = lock_.packages[index];
      if (package.is_virtual) continue;
      const auto [other, is_new] = chosen.emplace(package.name, &package);
      if (!is_new) two_packages(*other->second, package);
    }
    for (const auto& [name, package] : chosen) selection.distributions.push_back(with_file(*package, ranking));
    return selection;
  }

  [[noreturn]] void two_packages(const UvPackage& one, const UvPackage& other) const {
    throw Error(fmt::format("{}: both {} and {} are for {}", lock_.file, one.str(), other.str(), request_.target.str()),
                lock_.label().remake);
  }

  // Of an index's wheels those that run on the target, or, to tell what there is instead, all.
  std::vector<LockedFile> files_of(const UvPackage& package, const WheelRanking& ranking) const {
    if (package.source.kind == SourceKind::index && !request_.target.machine) {
      const auto runs = [&ranking](const std::string& name) { return ranking.rank(name).has_value(); };
      auto files = read_uv_files(lock_, package, runs);
      if (std::any_of(files.begin(), files.end(), [&](const auto& file) { return runs(file.name); })) return files;
    }
    return read_uv_files(lock_, package);
  }

  SelectedDistribution with_file(const UvPackage& package, const WheelRanking& ranking) const {
    const bool build_allowed = request_.source_builds.count(package.name) > 0;
    auto files = files_of(package, ranking);
    SelectedDistribution result{package.name, package.version, package.source, {}, false};
    FileChoice choice;
    if (package.source.kind == SourceKind::index) {
      const bool hash_required = !is_local_index(package.source);
      choice = choose_file({package.name, package.version, package.parsed_version, std::move(files), false,
                            build_allowed, hash_required, lock_.label()},
                           ranking);
    } else {
      LockedDistribution whole = package;
      whole.files = std::move(files);
      choice = source_file(whole, lock_.label(), ranking, build_allowed);
    }
    result.file = std::move(choice.file);
    result.build = choice.build;
    // Of an index that is a folder the file itself is what is meant.
    if (is_local_index(package.source) && !result.file.url.empty()) {
      result.source = {SourceKind::file, package.source.url + "/" + result.file.url, "", "", ""};
      result.file.url.clear();
    }
    return result;
  }

  const SelectionRequest& request_;
  const UvProject project_;
  const UvLock lock_;
  std::set<std::string> groups_, extras_;
  const std::size_t root_;
  const bool fits_;  // the lock was made from the project as it is now
  std::unordered_map<std::string, Marker> markers_;
  std::set<std::string> depends_on_patch_;
  std::vector<std::string> warnings_;
};

}  // namespace

Selection select_from_uv(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request) {
  return UvSelector(pyproject, lock, request).run();
}

}  // namespace lambda_pack
