#include "lock/uv_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

// The names that a lock's conflict markers give to a package's extra or group, or to the package itself.
std::string conflict_name(std::string_view kind, const DistributionName& package, const std::string& name = "") {
  auto text = fmt::format("{}-{}-{}", kind, package.str().size(), package.str());
  return name.empty() ? text : text + "-" + name;
}

class UvWalk {
 public:
  UvWalk(const UvLock& lock, const UvWalkRequest& request, Edges* edges)
      : lock_(lock), request_(request), edges_(edges) {
    for (std::size_t i = 0; i < lock.packages.size(); ++i) by_name_[lock.packages[i].name].push_back(i);
  }

  std::set<std::size_t> run() {
    if (!lock_.conflicts.empty()) activate();
    start(request_.cut);
    follow_all(request_.cut);
    std::set<std::size_t> reached;
    for (const auto& [package, extra] : seen_) reached.insert(package);
    reached.erase(request_.root);
    return reached;
  }

 private:
  using Stop = std::pair<std::size_t, std::string>;  // a package, and one of its extras or ""

  const UvPackage& root() const { return lock_.packages[request_.root]; }

  // Finds every extra that is active, with the project's own. A walk that follows what is not provided, too: it must
  // not change which versions the rest gets.
  void activate() {
    active_.insert(conflict_name("project", root().name));
    for (const auto& extra : request_.extras) {
      if (root().extras.count(extra) > 0) active_.insert(conflict_name("extra", root().name, extra));
    }
    for (const auto& group : request_.groups) {
      if (root().groups.count(group) > 0) active_.insert(conflict_name("group", root().name, group));
    }
    refuse_conflicts();
    activating_ = true;
    start({});
    follow_all({});
    activating_ = false;
    seen_.clear();
    refuse_conflicts();
  }

  void refuse_conflicts() const {
    for (const auto& set : lock_.conflicts) {
      const UvConflictItem* first = nullptr;
      for (const auto& item : set) {
        if (active_.count(name_of(item)) == 0) continue;
        if (first != nullptr) {
          throw Error(fmt::format("{}: {} and {} conflict", lock_.file, first->str(), item.str()),
                      "ask for one of them at a time: the project says that they do not go together");
        }
        first = &item;
      }
    }
  }

  static std::string name_of(const UvConflictItem& item) {
    if (!item.extra.empty()) return conflict_name("extra", item.package, item.extra);
    if (!item.group.empty()) return conflict_name("group", item.package, item.group);
    return conflict_name("project", item.package);
  }

  void start(const std::set<DistributionName>& cut) {
    if (request_.main) visit({request_.root, ""});
    for (const auto& extra : request_.extras) visit({request_.root, extra});
    for (const auto& group : request_.groups) {
      if (const auto found = root().groups.find(group); found != root().groups.end()) {
        follow(root().name, found->second, cut);
      }
    }
  }

  void follow_all(const std::set<DistributionName>& cut) {
    while (!queue_.empty()) {
      const auto [index, extra] = queue_.front();
      queue_.pop_front();
      const auto& package = lock_.packages[index];
      if (extra.empty()) {
        follow(package.name, package.dependencies, cut);
      } else if (const auto found = package.extras.find(extra); found != package.extras.end()) {
        follow(package.name, found->second, cut);
      }
    }
  }

  void follow(const DistributionName& from, const std::vector<UvDependency>& dependencies,
              const std::set<DistributionName>& cut) {
    for (const auto& dependency : dependencies) {
      if (cut.count(dependency.name) > 0 || !applies(dependency)) continue;
      if (edges_ != nullptr && !activating_) (*edges_)[from].insert(dependency.name);
      arrive(package_for(dependency), dependency.extras);
    }
  }

  void arrive(std::size_t package, const std::set<std::string>& extras) {
    visit({package, ""});
    for (const auto& extra : extras) visit({package, extra});
  }

  void visit(Stop stop) {
    if (seen_.insert(stop).second) queue_.push_back(std::move(stop));
  }

  // While extras are being found, those that the edge itself asks for count as active.
  bool applies(const UvDependency& dependency) {
    if (dependency.marker.empty() && !activating_) return true;
    if (!activating_) return request_.holds(dependency.marker, active_, dependency.name);
    auto active = active_;
    for (const auto& extra : dependency.extras) active.insert(conflict_name("extra", dependency.name, extra));
    if (!request_.holds(dependency.marker, active, dependency.name)) return false;
    active_ = std::move(active);
    return true;
  }

  const std::vector<std::size_t>& packages_of(const DistributionName& name) const {
    static const std::vector<std::size_t> none;
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? none : found->second;
  }

  std::size_t package_for(const UvDependency& dependency) const {
    const auto& all = packages_of(dependency.name);
    if (all.size() == 1 && dependency.version.empty() && !dependency.source) return all.front();
    std::vector<std::size_t> found;
    for (const auto index : all) {
      const auto& package = lock_.packages[index];
      if (!dependency.version.empty() && package.version != dependency.version) continue;
      if (dependency.source && package.source != *dependency.source) continue;
      found.push_back(index);
    }
    return only(found, dependency.name);
  }

  std::size_t only(const std::vector<std::size_t>& found, const DistributionName& name) const {
    if (found.size() == 1) return found.front();
    throw Error(
        fmt::format("{}: {} packages are what a dependency on {} may mean", lock_.file, found.size(), name.str()),
        lock_.label().remake);
  }

  const UvLock& lock_;
  const UvWalkRequest& request_;
  Edges* const edges_;
  std::map<DistributionName, std::vector<std::size_t>> by_name_;
  std::set<std::string> active_;  // names of the conflict markers' form
  bool activating_ = false;
  std::set<Stop> seen_;
  std::deque<Stop> queue_;
};

}  // namespace

std::set<std::size_t> walk_uv_lock(const UvLock& lock, const UvWalkRequest& request, Edges* edges) {
  return UvWalk(lock, request, edges).run();
}

}  // namespace lambda_pack
