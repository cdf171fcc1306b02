#include "lock/pylock_select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/closure.hpp"
#include "lock/pylock.hpp"
#include "lock/python_requirement.hpp"
#include "lock/request_names.hpp"
#include "lock/source_file.hpp"
#include "lock/toml.hpp"
#include "lock/uv_project.hpp"
#include "lock/wheel_choice.hpp"

namespace lambda_pack {
namespace {

using Names = std::set<DistributionName>;

class PylockSelector {
 public:
  PylockSelector(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request)
      : request_(request), pyproject_(pyproject), lock_(read_pylock(lock.text, lock.file)),
        extras_(normalized_names(request.extras)), groups_(normalized_names(request.groups)),
        warnings_(lock_.warnings) {}

  Selection run() {
    require_known(extras_, {lock_.extras.begin(), lock_.extras.end()}, "extra", lock_.file);
    require_known(groups_, {lock_.groups.begin(), lock_.groups.end()}, "dependency group", lock_.file);
    groups_.insert(lock_.default_groups.begin(), lock_.default_groups.end());
    require_python(lock_.requires_python, request_.target, lock_.file, lock_.label().remake);
    require_environment();
    for (const auto& package : lock_.packages) consider(package);
    leave_out_provided();
    if (!request_.only.empty()) leave_out_others();
    Selection selection;
    selection.runtime = request_.target.runtime->id;
    selection.architecture = lambda_name(request_.target.architecture);
    const WheelRanking ranking(request_.target);
    for (const auto& [name, package] : chosen_) {
      if (!is_project_itself(*package)) selection.distributions.push_back(with_file(*package, ranking));
    }
    selection.warnings = warnings_;
    return selection;
  }

 private:
  bool holds(const Marker& marker, const DistributionName* at) {
    bool by_patch = false;
    const bool result = holds_on(marker, request_.target, extras_, &by_patch, groups_);
    if (by_patch && at != nullptr) {
      warnings_.push_back(
          fmt::format("{}: whether {} belongs to the package depends on Python's patch version; decided for {}",
                      lock_.file, at->str(), marker_environment(request_.target).python_full_version));
    }
    return result;
  }

  void require_environment() {
    const auto& markers = lock_.environments;
    const bool fits = markers.empty() || std::any_of(markers.begin(), markers.end(), [this](const auto& marker) {
                        return holds(Marker::parse(marker), nullptr);
                      });
    if (fits) return;
    throw Error(fmt::format("{} is not made for {}: its environments are {}", lock_.file, request_.target.str(),
                            join(markers, "; ")),
                lock_.label().remake + ", for more environments");
  }

  void consider(const PylockPackage& package) {
    if (!holds(package.marker, &package.name)) return;
    require_python(package.requires_python, request_.target, fmt::format("{}: {}", lock_.file, package.str()),
                   lock_.label().remake);
    const auto [other, is_new] = chosen_.emplace(package.name, &package);
    if (is_new) return;
    throw Error(fmt::format("{}: both {} and {} are for {}", lock_.file, other->second->str(), package.str(),
                            request_.target.str()),
                lock_.label().remake);
  }

  static bool is_project_itself(const PylockPackage& package) {
    return package.source.kind == SourceKind::directory && (package.source.url == "." || package.source.url == "./");
  }

  // The lock says who needs what, if at all, but not what the project needs: that is in pyproject.toml, or, when it
  // is not, whatever nobody else needs.
  void leave_out_provided() {
    const auto& provided = request_.provided;
    if (provided.empty()) return;
    Names left_out;
    for (const auto& name : provided) {
      if (chosen_.count(name) > 0) left_out.insert(name);
    }
    if (left_out.empty()) return;
    if (has_edges()) {
      const auto with = reached({}), without = reached(provided);
      std::set_difference(with.begin(), with.end(), without.begin(), without.end(),
                          std::inserter(left_out, left_out.end()));
    } else {
      warnings_.push_back(
          fmt::format("{} does not say who needs what: of PROVIDED only the distributions themselves are "
                      "left out",
                      lock_.file));
    }
    for (const auto& name : left_out) chosen_.erase(name);
  }

  bool has_edges() const {
    return std::any_of(chosen_.begin(), chosen_.end(),
                       [](const auto& entry) { return !entry.second->dependencies.empty(); });
  }

  void leave_out_others() {
    if (!has_edges()) {
      warnings_.push_back(
          fmt::format("{} does not say who needs what: of DISTRIBUTIONS only those named are taken", lock_.file));
    }
    Edges edges;
    for (const auto& [name, package] : chosen_) {
      edges[name].insert(package->dependencies.begin(), package->dependencies.end());
    }
    const auto wanted = closure(request_.only, edges);
    std::erase_if(chosen_, [&](const auto& entry) { return wanted.count(entry.first) == 0; });
  }

  Names reached(const Names& cut) const {
    Names seen;
    std::deque<DistributionName> queue;
    const auto visit = [&](const DistributionName& name) {
      if (chosen_.count(name) > 0 && cut.count(name) == 0 && seen.insert(name).second) queue.push_back(name);
    };
    for (const auto& name : starts()) visit(name);
    while (!queue.empty()) {
      const auto name = queue.front();
      queue.pop_front();
      for (const auto& dependency : chosen_.at(name)->dependencies) visit(dependency);
    }
    return seen;
  }

  Names starts() const {
    Names names;
    const auto project = read_uv_project(parse_toml(pyproject_.text, pyproject_.file), pyproject_.file);
    const auto add = [&names](const std::vector<Requirement>& requirements) {
      for (const auto& requirement : requirements) names.insert(requirement.name);
    };
    add(project.dependencies);
    for (const auto& extra : extras_) {
      if (const auto found = project.extras.find(extra); found != project.extras.end()) add(found->second);
    }
    for (const auto& group : groups_) {
      if (const auto found = project.groups.find(group); found != project.groups.end()) add(found->second);
    }
    if (!names.empty()) return names;
    for (const auto& [name, package] : chosen_) names.insert(name);
    for (const auto& [name, package] : chosen_) {
      for (const auto& dependency : package->dependencies) names.erase(dependency);
    }
    return names;
  }

  SelectedDistribution with_file(PylockPackage package, const WheelRanking& ranking) const {
    const bool build_allowed = request_.source_builds.count(package.name) > 0;
    if (package.source.kind != SourceKind::index) {
      const auto choice = source_file(package, lock_.label(), ranking, build_allowed);
      return {package.name, package.version, package.source, choice.file, choice.build};
    }
    auto choice = choose_file({package.name, package.version, package.parsed_version, package.files, false,
                               build_allowed, true, lock_.label()},
                              ranking);
    if (!choice.file.url.empty() && choice.file.url.find("://") == std::string::npos) {
      package.source = {SourceKind::file, choice.file.url, "", "", ""};
      choice.file.url.clear();
    }
    const auto version = WheelName::parse(choice.file.name);
    if (package.version.empty() && version) package.version = version->version.str();
    return {package.name, package.version, package.source, choice.file, choice.build};
  }

  const SelectionRequest& request_;
  const NamedText& pyproject_;
  const Pylock lock_;
  std::set<std::string> extras_, groups_;
  std::vector<std::string> warnings_;
  std::map<DistributionName, const PylockPackage*> chosen_;
};

}  // namespace

Selection select_from_pylock(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request) {
  return PylockSelector(pyproject, lock, request).run();
}

}  // namespace lambda_pack
