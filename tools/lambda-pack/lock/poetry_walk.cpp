#include "lock/poetry_walk.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

bool is_of_kind(const Source& source, SourceKind wanted) {
  // pyproject.toml's `path` says nothing of files and directories.
  return source.kind == wanted || (wanted == SourceKind::file && source.kind == SourceKind::directory);
}

// Poetry's rule: a dependency without a source takes any; one with an index takes that index's.
bool source_fits(const Source& source, const PoetryDependency& dependency) {
  if (dependency.source_kind) return is_of_kind(source, *dependency.source_kind);
  if (dependency.source_name.empty()) return true;
  if (source.kind != SourceKind::index) return false;
  const auto wanted = lowered(dependency.source_name);
  return source.url.empty() ? wanted == "pypi" : lowered(source.reference) == wanted;
}

bool fits(const LockedPackage& package, const PoetryDependency& dependency) {
  return source_fits(package.source, dependency) && dependency.allows(package.parsed_version);
}

bool is_from_origin(const Source& source, const std::vector<Need>& needs) {
  return std::all_of(needs.begin(), needs.end(), [&source](const Need& need) {
    return !need.dependency->source_kind || need.dependency->source_url == source.url;
  });
}

template <typename Predicate>
void keep(std::vector<std::size_t>& candidates, Predicate wanted, bool even_none = false) {
  std::vector<std::size_t> kept;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(kept), wanted);
  if (even_none || !kept.empty()) candidates = std::move(kept);
}

bool mentions_extra(const PoetryDependency& dependency) {
  return std::any_of(dependency.markers.begin(), dependency.markers.end(),
                     [](const Marker& marker) { return marker.mentions("extra"); });
}

// `foo[all]` whose extra `all` is `foo[a,b]`.
std::set<std::string> with_own_extras(const LockedPackage& package, std::set<std::string> asked) {
  for (std::size_t before = 0; before != asked.size();) {
    before = asked.size();
    for (const auto& [extra, members] : package.extras) {
      if (asked.count(extra) == 0) continue;
      for (const auto& member : members) {
        if (member.name == package.name) asked.insert(member.extras.begin(), member.extras.end());
      }
    }
  }
  return asked;
}

}  // namespace

PoetryWalk::PoetryWalk(const PoetryLock& lock, const PoetryProject& project, const GraphRequest& request)
    : lock_(lock), project_(project), request_(request) {
  for (std::size_t i = 0; i < lock.packages.size(); ++i) by_name_[lock.packages[i].name].push_back(i);
}

void PoetryWalk::run(const Choices& choices, const std::set<std::size_t>& banned, Reach reach) {
  choices_ = &choices;
  banned_ = &banned;
  reach_ = reach;
  needs_.clear();
  chosen_.clear();
  extras_.clear();
  depends_on_patch_.clear();
  walk_project();
  while (!queue_.empty()) {
    const auto index = queue_.front();
    queue_.pop_front();
    walk_package(index);
  }
}

void PoetryWalk::walk_project() {
  const auto asked = asked_extras();
  for (const auto& group : request_.groups) {
    const auto found = project_.groups.find(group);
    if (found == project_.groups.end()) continue;
    for (const auto& dependency : found->second) {
      const bool wanted = !dependency.optional || wanted_by_extra(dependency, asked);
      if (!wanted && !reach_.all_optionals) continue;
      if (holds(dependency, asked) || (wanted && is_in_solution(dependency))) follow(dependency, std::nullopt);
    }
  }
}

// With all the extras that the dependency asks for.
bool PoetryWalk::is_in_solution(const PoetryDependency& dependency) const {
  if (reach_.solution == nullptr) return false;
  const auto choice = choices_->find(dependency.name);
  if (choice == choices_->end() || !fits(lock_.packages[choice->second], dependency)) return false;
  const auto solved = reach_.solution->find(choice->second);
  return solved != reach_.solution->end() && std::includes(solved->second.begin(), solved->second.end(),
                                                           dependency.extras.begin(), dependency.extras.end());
}

std::set<DistributionName> PoetryWalk::named_by_extras() const {
  std::set<DistributionName> names;
  const auto main = project_.groups.find(std::string(kMainGroup));
  if (main == project_.groups.end()) return names;
  for (const auto& dependency : main->second) {
    if (wanted_by_extra(dependency, request_.extras)) names.insert(dependency.name);
  }
  return names;
}

// The extras asked for, and those that they ask for in turn by the project's own name (`all = ["me[a,b]"]`).
std::set<std::string> PoetryWalk::asked_extras() const {
  auto asked = request_.extras;
  const auto main = project_.groups.find(std::string(kMainGroup));
  if (!project_.name || main == project_.groups.end()) return asked;
  for (std::size_t before = 0; before != asked.size();) {
    before = asked.size();
    for (const auto& dependency : main->second) {
      if (dependency.name == *project_.name && wanted_by_extra(dependency, asked)) {
        asked.insert(dependency.extras.begin(), dependency.extras.end());
      }
    }
  }
  return asked;
}

bool PoetryWalk::wanted_by_extra(const PoetryDependency& dependency, const std::set<std::string>& asked) const {
  return std::any_of(asked.begin(), asked.end(), [&](const std::string& extra) {
    if (!dependency.in_extras.empty()) return dependency.in_extras.count(extra) > 0;
    const auto found = project_.extras.find(extra);
    return found != project_.extras.end() && found->second.count(dependency.name) > 0;
  });
}

// A lock keeps the optional dependencies of a distribution beside a list of those that each extra brings.
void PoetryWalk::walk_package(std::size_t index) {
  const auto& package = lock_.packages[index];
  const auto asked = with_own_extras(package, extras_[index]);
  std::set<DistributionName> brought;
  for (const auto& extra : asked) {
    const auto found = package.extras.find(extra);
    if (found == package.extras.end()) continue;
    for (const auto& member : found->second) brought.insert(member.name);
  }
  for (const auto& dependency : package.dependencies) {
    const bool only_by_extra = dependency.optional || mentions_extra(dependency);
    if (only_by_extra && brought.count(dependency.name) == 0) continue;
    if (holds(dependency, asked)) follow(dependency, index);
  }
}

bool PoetryWalk::holds(const PoetryDependency& dependency, const std::set<std::string>& extras) {
  bool by_patch = false;
  const bool result = dependency.applies(request_.target, extras, &by_patch);
  if (by_patch) depends_on_patch_.insert(dependency.name.str());
  return result;
}

// Whether the markers that Poetry 1.0 wrote to packages instead of edges leave none of that name.
bool PoetryWalk::is_for_other_targets(const DistributionName& name) const {
  const auto found = by_name_.find(name);
  return found != by_name_.end() && std::none_of(found->second.begin(), found->second.end(),
                                                 [this](auto index) { return is_for_target(lock_.packages[index]); });
}

// Extras are the edges' business.
bool PoetryWalk::is_for_target(const LockedPackage& package) const {
  return package.marker.mentions("extra") || holds_on(package.marker, request_.target, {});
}

void PoetryWalk::follow(const PoetryDependency& dependency, std::optional<std::size_t> by) {
  if (!reach_.through_cut && request_.cut.count(dependency.name) > 0) return;
  if (project_.name && dependency.name == *project_.name) return;
  if (is_for_other_targets(dependency.name)) return;
  needs_[dependency.name].push_back({&dependency, by});
  const auto index = choice_for(dependency.name);
  if (!index) return;
  const bool first = chosen_.emplace(dependency.name, *index).second;
  auto& extras = extras_[*index];
  const auto before = extras.size();
  extras.insert(dependency.extras.begin(), dependency.extras.end());
  if (first || extras.size() != before) queue_.push_back(*index);
}

std::optional<std::size_t> PoetryWalk::choice_for(const DistributionName& name) const {
  if (const auto found = chosen_.find(name); found != chosen_.end()) return found->second;
  if (const auto found = choices_->find(name); found != choices_->end()) return found->second;
  const auto candidates = best(name, {needs_.at(name).back()}, *banned_);
  return candidates.empty() ? std::nullopt : std::optional(candidates.front());
}

std::vector<std::size_t> PoetryWalk::best(const DistributionName& name, const std::vector<Need>& needs,
                                          const std::set<std::size_t>& banned) const {
  auto candidates = admitted(name);
  if (request_.complete || candidates.size() > 1) {
    const auto fits_all = [&](std::size_t index) {
      return banned.count(index) == 0 && runs(index) && std::all_of(needs.begin(), needs.end(), [&](const Need& need) {
               return fits(lock_.packages[index], *need.dependency);
             });
    };
    keep(candidates, fits_all, request_.complete);
  }
  if (candidates.size() < 2) return candidates;
  const auto version = [this](std::size_t index) -> const Version& { return lock_.packages[index].parsed_version; };
  const auto highest = version(*std::max_element(
      candidates.begin(), candidates.end(), [&](auto left, auto right) { return version(left) < version(right); }));
  keep(candidates, [&](std::size_t index) { return version(index) == highest; });
  keep(candidates, [&](std::size_t index) { return is_from_origin(lock_.packages[index].source, needs); });
  // Some locks have a package twice.
  const auto& source = lock_.packages[candidates.front()].source;
  const bool alike = std::all_of(candidates.begin(), candidates.end(),
                                 [&](std::size_t index) { return lock_.packages[index].source == source; });
  if (alike) candidates.resize(1);
  return candidates;
}

std::vector<std::size_t> PoetryWalk::admitted(const DistributionName& name) const {
  std::vector<std::size_t> result;
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return result;
  std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(result),
               [this](std::size_t index) { return !request_.admits || request_.admits(lock_.packages[index]); });
  return result;
}

bool PoetryWalk::runs(std::size_t index) const {
  return lock_.packages[index].pythons.allows_python_minor(request_.target.runtime->minor);
}

}  // namespace lambda_pack
