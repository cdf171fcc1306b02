#include "lock/poetry_select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/content_hash.hpp"
#include "lock/poetry_graph.hpp"
#include "lock/poetry_lock.hpp"
#include "lock/poetry_project.hpp"
#include "lock/request_names.hpp"
#include "lock/source_file.hpp"
#include "lock/toml.hpp"
#include "lock/wheel_choice.hpp"

namespace lambda_pack {
namespace {

using PackageSet = std::set<std::size_t>;

template <typename Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

class PoetrySelector {
 public:
  PoetrySelector(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request)
      : request_(request), document_(parse_toml(pyproject.text, pyproject.file)),
        project_(read_poetry_project(document_, pyproject.file)), lock_(read_poetry_lock(lock.text, lock.file)),
        groups_(normalized_names(request.groups)), extras_(normalized_names(request.extras)) {
    if (request.main) groups_.insert(std::string(kMainGroup));
    if (!request.default_groups) return;
    for (const auto& [group, dependencies] : project_.groups) {
      const bool is_main = group == kMainGroup;
      if (!is_main && project_.optional_groups.count(group) == 0) groups_.insert(group);
    }
  }

  Selection run() {
    check_names();
    require_pythons();
    warn_about_lock();
    auto packages = lock_.has_groups ? chosen_by_groups() : walk(request_.provided, true).packages;
    if (lock_.has_groups && !request_.provided.empty()) leave_out_provided(packages);
    if (!request_.only.empty()) leave_out_others(packages);
    auto selection = with_files(packages);
    warn_about_patch();
    selection.warnings = std::move(warnings_);
    return selection;
  }

 private:
  void check_names() const {
    require_known(groups_, keys_of(project_.groups), "dependency group", project_.file);
    auto extras = keys_of(project_.extras);
    for (const auto& extra : lock_.extras) {
      if (std::find(extras.begin(), extras.end(), extra) == extras.end()) extras.push_back(extra);
    }
    require_known(extras_, extras, "extra", project_.file);
  }

  void warn_about_lock() {
    if (!lock_.warning.empty()) warnings_.push_back(lock_.warning);
    const auto hashes = poetry_content_hashes(document_);
    if (lock_.content_hash.empty() || std::find(hashes.begin(), hashes.end(), lock_.content_hash) != hashes.end()) {
      return;
    }
    warnings_.push_back(
        fmt::format("{} does not fit {}, which has changed since: run `poetry lock`", lock_.file, project_.file));
  }

  // Poetry, too, neither locks nor installs for a Python that the project excludes.
  void require_pythons() const {
    const auto& target = request_.target;
    const bool fits =
        !project_.pythons ||
        (target.machine ? project_.pythons->allows_python(Version::require(target.machine->python_full_version))
                        : project_.pythons->allows_python_minor(target.runtime->minor));
    if (fits) return;
    throw Error(fmt::format("{} is for Python {}, which excludes {}", project_.file, quote(project_.pythons->str()),
                            target.str()),
                "widen it and run `poetry lock`, or choose another runtime");
  }

  void warn_about_patch() {
    if (depends_on_patch_.empty()) return;
    const std::vector<std::string> names(depends_on_patch_.begin(), depends_on_patch_.end());
    warnings_.push_back(fmt::format("{}: whether {} to the package depends on Python's patch version; decided for {}",
                                    lock_.file, join(names) + (names.size() == 1 ? " belongs" : " belong"),
                                    marker_environment(request_.target).python_full_version));
  }

  void warn_about_tools(const std::set<std::string>& unlocked) {
    if (unlocked.empty()) return;
    warnings_.push_back(
        fmt::format("{}: {}, which Poetry 1 did not lock, and which is left out: `poetry lock` of "
                    "Poetry 2 locks it",
                    lock_.file, join({unlocked.begin(), unlocked.end()})));
  }

  // Lock version 2.1: the lock says which groups need a package, and where.
  PackageSet chosen_by_groups() {
    PackageSet chosen;
    std::map<DistributionName, std::vector<std::size_t>> by_name;
    for (std::size_t i = 0; i < lock_.packages.size(); ++i) {
      if (!is_wanted(lock_.packages[i])) continue;
      chosen.insert(i);
      by_name[lock_.packages[i].name].push_back(i);
    }
    const bool unique =
        std::all_of(by_name.begin(), by_name.end(), [](const auto& entry) { return entry.second.size() == 1; });
    return unique ? chosen : decided_by_edges(chosen, by_name);
  }

  bool is_wanted(const LockedPackage& package) {
    return std::any_of(package.groups.begin(), package.groups.end(), [&](const std::string& group) {
      if (groups_.count(group) == 0) return false;
      const auto marker = package.markers.find(group);
      return marker == package.markers.end() || holds(marker->second, package.name);
    });
  }

  bool holds(const Marker& marker, const DistributionName& name) {
    bool by_patch = false;
    const bool result = holds_on(marker, request_.target, extras_, &by_patch);
    if (by_patch) depends_on_patch_.insert(name.str());
    return result;
  }

  // Where the markers keep several packages of one distribution, the dependencies on it decide; the walk refuses
  // what they leave open.
  PackageSet decided_by_edges(PackageSet chosen, const std::map<DistributionName, std::vector<std::size_t>>& by_name) {
    const auto reached = walk({}, false, &chosen).packages;
    for (const auto& [name, indexes] : by_name) {
      if (indexes.size() == 1) continue;
      const auto kept =
          std::find_if(indexes.begin(), indexes.end(), [&](std::size_t index) { return reached.count(index) > 0; });
      if (kept == indexes.end()) {
        throw Error(fmt::format("{} has {} packages of {} for {}, and no dependency leads to any", lock_.file,
                                indexes.size(), name.str(), request_.target.str()),
                    "`poetry lock` makes it anew");
      }
      for (const auto index : indexes) {
        if (index != *kept) chosen.erase(index);
      }
    }
    return chosen;
  }

  // What is reached only through the provided distributions goes with them. What no walk reaches stays, unless it
  // is provided itself: the lock has said that it is needed.
  void leave_out_provided(PackageSet& packages) {
    const auto with = walk({}, false, &packages).packages;
    const auto without = walk(request_.provided, false, &packages).packages;
    for (const auto index : with) {
      if (without.count(index) == 0) packages.erase(index);
    }
    for (auto at = packages.begin(); at != packages.end();) {
      at = request_.provided.count(lock_.packages[*at].name) > 0 ? packages.erase(at) : std::next(at);
    }
  }

  void leave_out_others(PackageSet& packages) {
    const auto wanted = closure(request_.only, walk(request_.provided, false, &packages).edges);
    std::erase_if(packages, [&](std::size_t index) { return wanted.count(lock_.packages[index].name) == 0; });
  }

  GraphResult walk(const std::set<DistributionName>& cut, bool complete, const PackageSet* among = nullptr) {
    GraphRequest graph{request_.target, groups_, extras_, cut, {}, complete};
    if (among != nullptr) {
      graph.admits = [this, among](const LockedPackage& package) {
        return among->count(static_cast<std::size_t>(&package - lock_.packages.data())) > 0;
      };
    }
    auto result = walk_poetry_graph(lock_, project_, graph);
    if (complete) {
      depends_on_patch_ = result.depends_on_patch;
      warn_about_tools(result.unlocked);
    }
    return result;
  }

  Selection with_files(const PackageSet& packages) const {
    Selection selection;
    selection.runtime = request_.target.runtime->id;
    selection.architecture = lambda_name(request_.target.architecture);
    const WheelRanking ranking(request_.target);
    for (const auto index : packages) selection.distributions.push_back(with_file(lock_.packages[index], ranking));
    std::sort(selection.distributions.begin(), selection.distributions.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    return selection;
  }

  SelectedDistribution with_file(const LockedPackage& package, const WheelRanking& ranking) const {
    const bool build_allowed = request_.source_builds.count(package.name) > 0;
    const auto choice = package.source.kind == SourceKind::index
                            ? choose_file({package.name, package.version, package.parsed_version, package.files,
                                           lock_.mixed_files, build_allowed, true, lock_.label()},
                                          ranking)
                            : source_file(package, lock_.label(), ranking, build_allowed);
    return {package.name, package.version, package.source, choice.file, choice.build};
  }

  const SelectionRequest& request_;
  const nlohmann::json document_;
  const PoetryProject project_;
  const PoetryLock lock_;
  std::set<std::string> groups_, extras_;
  std::set<std::string> depends_on_patch_;
  std::vector<std::string> warnings_;
};

}  // namespace

Selection select_from_poetry(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request) {
  return PoetrySelector(pyproject, lock, request).run();
}

}  // namespace lambda_pack
