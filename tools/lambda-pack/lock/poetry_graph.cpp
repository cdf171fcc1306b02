#include "lock/poetry_graph.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

// A dependency that applies, and who has it.
struct Need {
  const PoetryDependency* dependency;
  std::string by;
};

using Needs = std::map<DistributionName, std::vector<Need>>;
using Choices = std::map<DistributionName, std::size_t>;

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

}  // namespace

bool is_unlocked_tool(const DistributionName& name) {
  return name.str() == "setuptools" || name.str() == "distribute" || name.str() == "pip" || name.str() == "wheel";
}

namespace {

class Walk {
 public:
  Walk(const PoetryLock& lock, const PoetryProject& project, const GraphRequest& request)
      : lock_(lock), project_(project), request_(request) {
    for (std::size_t i = 0; i < lock.packages.size(); ++i) by_name_[lock.packages[i].name].push_back(i);
  }

  // Which version of a distribution is right depends on the edges, and which edges there are on the versions: choose
  // by the edges of the walk before until a walk confirms its own choices. Locks have few distributions with several
  // versions, and markers tell those apart: two or three walks are usual.
  GraphResult run() {
    Choices choices;
    for (std::size_t round = 0; round <= lock_.packages.size() + 1; ++round) {
      walk_once(choices);
      Choices better;
      for (const auto& [name, needs] : needs_) {
        if (const auto candidates = best(name, needs); !candidates.empty()) better[name] = candidates.front();
      }
      if (better == choices) return confirmed();
      choices = std::move(better);
    }
    throw Error(lock_.file + ": no set of its packages satisfies all dependencies", "`poetry lock` makes it anew");
  }

 private:
  void walk_once(const Choices& choices) {
    choices_ = &choices;
    needs_.clear();
    chosen_.clear();
    extras_.clear();
    queue_.clear();
    walk_project();
    while (!queue_.empty()) {
      const auto index = queue_.front();
      queue_.pop_front();
      walk_package(lock_.packages[index]);
    }
  }

  void walk_project() {
    const auto name = project_.name ? project_.name->str() : "the project";
    const auto wanted = project_extras();
    for (const auto& group : request_.groups) {
      const auto found = project_.groups.find(group);
      if (found == project_.groups.end()) continue;
      for (const auto& dependency : found->second) {
        if (dependency.optional && !wanted_by_extra(dependency, wanted)) continue;
        if (holds(dependency, wanted)) follow(dependency, name);
      }
    }
  }

  // The extras asked for, and those that they ask for in turn by the project's own name (`all = ["me[a,b]"]`).
  std::set<std::string> project_extras() const {
    auto wanted = request_.extras;
    const auto main = project_.groups.find(std::string(kMainGroup));
    if (!project_.name || main == project_.groups.end()) return wanted;
    for (std::size_t before = 0; before != wanted.size();) {
      before = wanted.size();
      for (const auto& dependency : main->second) {
        if (dependency.name == *project_.name && wanted_by_extra(dependency, wanted)) {
          wanted.insert(dependency.extras.begin(), dependency.extras.end());
        }
      }
    }
    return wanted;
  }

  bool wanted_by_extra(const PoetryDependency& dependency, const std::set<std::string>& wanted) const {
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& extra) {
      if (!dependency.in_extras.empty()) return dependency.in_extras.count(extra) > 0;
      const auto found = project_.extras.find(extra);
      return found != project_.extras.end() && found->second.count(dependency.name) > 0;
    });
  }

  // A lock keeps optional dependencies of a distribution beside a list of those that each extra brings.
  void walk_package(const LockedPackage& package) {
    const auto wanted = with_own_extras(package, extras_[package.name]);
    std::set<DistributionName> brought;
    for (const auto& extra : wanted) {
      const auto found = package.extras.find(extra);
      if (found == package.extras.end()) continue;
      for (const auto& member : found->second) brought.insert(member.name);
    }
    for (const auto& dependency : package.dependencies) {
      const bool only_by_extra = dependency.optional || mentions_extra(dependency);
      if (only_by_extra && brought.count(dependency.name) == 0) continue;
      if (holds(dependency, wanted)) follow(dependency, package.str());
    }
  }

  static bool mentions_extra(const PoetryDependency& dependency) {
    return std::any_of(dependency.markers.begin(), dependency.markers.end(),
                       [](const Marker& marker) { return marker.mentions("extra"); });
  }

  // `foo[all]` whose extra `all` is `foo[a,b]`.
  static std::set<std::string> with_own_extras(const LockedPackage& package, std::set<std::string> wanted) {
    for (std::size_t before = 0; before != wanted.size();) {
      before = wanted.size();
      for (const auto& [extra, members] : package.extras) {
        if (wanted.count(extra) == 0) continue;
        for (const auto& member : members) {
          if (member.name == package.name) wanted.insert(member.extras.begin(), member.extras.end());
        }
      }
    }
    return wanted;
  }

  bool holds(const PoetryDependency& dependency, const std::set<std::string>& extras) {
    bool by_patch = false;
    const bool result = dependency.applies(request_.target, extras, &by_patch);
    if (by_patch) depends_on_patch_.insert(dependency.name.str());
    return result;
  }

  void follow(const PoetryDependency& dependency, const std::string& by) {
    if (request_.cut.count(dependency.name) > 0) return;
    if (project_.name && dependency.name == *project_.name) return;
    auto& needs = needs_[dependency.name];
    needs.push_back({&dependency, by});
    const auto index = chosen(dependency.name, needs);
    if (!index) return;
    const bool first = chosen_.emplace(dependency.name, *index).second;
    auto& extras = extras_[dependency.name];
    const auto before = extras.size();
    extras.insert(dependency.extras.begin(), dependency.extras.end());
    if (first || extras.size() != before) queue_.push_back(*index);
  }

  // This walk's package of that name: what it chose already, what the walk before found best, or the best for the
  // dependency that is followed just now.
  std::optional<std::size_t> chosen(const DistributionName& name, const std::vector<Need>& needs) const {
    if (const auto found = chosen_.find(name); found != chosen_.end()) return found->second;
    if (const auto found = choices_->find(name); found != choices_->end()) return found->second;
    const auto candidates = best(name, {needs.back()});
    return candidates.empty() ? std::nullopt : std::optional(candidates.front());
  }

  // The packages that satisfy all needs: one, several between which nothing decides, or none.
  std::vector<std::size_t> best(const DistributionName& name, const std::vector<Need>& needs) const {
    std::vector<std::size_t> candidates = admitted(name);
    if (request_.complete || candidates.size() > 1) {
      const auto fit = [&](std::size_t index) { return runs(index) && fits_all(index, needs); };
      keep(candidates, fit, request_.complete);
    }
    if (candidates.size() < 2) return candidates;
    const auto version = [this](std::size_t index) -> const Version& { return lock_.packages[index].parsed_version; };
    const auto highest = version(*std::max_element(
        candidates.begin(), candidates.end(), [&](auto left, auto right) { return version(left) < version(right); }));
    keep(candidates, [&](std::size_t index) { return version(index) == highest; });
    keep(candidates, [&](std::size_t index) { return is_from_origin(lock_.packages[index].source, needs); });
    return candidates;
  }

  template <typename Predicate>
  static void keep(std::vector<std::size_t>& candidates, Predicate wanted, bool even_none = false) {
    std::vector<std::size_t> kept;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(kept), wanted);
    if (even_none || !kept.empty()) candidates = std::move(kept);
  }

  std::vector<std::size_t> admitted(const DistributionName& name) const {
    std::vector<std::size_t> result;
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return result;
    std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(result), [this](std::size_t index) {
      return !request_.admits || request_.admits(lock_.packages[index]);
    });
    return result;
  }

  bool runs(std::size_t index) const {
    return lock_.packages[index].pythons.allows_python_minor(request_.target.runtime->minor);
  }

  bool fits_all(std::size_t index, const std::vector<Need>& needs) const {
    return std::all_of(needs.begin(), needs.end(),
                       [&](const Need& need) { return fits(lock_.packages[index], *need.dependency); });
  }

  static bool is_from_origin(const Source& source, const std::vector<Need>& needs) {
    return std::all_of(needs.begin(), needs.end(), [&source](const Need& need) {
      return !need.dependency->source_kind || need.dependency->source_url == source.url;
    });
  }

  static std::string who_needs(const std::vector<Need>& needs) {
    std::vector<std::string> texts;
    for (const auto& need : needs) {
      auto text = fmt::format("{} needs {}", need.by, need.dependency->str());
      if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
    }
    return join(texts);
  }

  bool is_missing_tool(const DistributionName& name) const {
    return is_unlocked_tool(name) && by_name_.find(name) == by_name_.end();
  }

  [[noreturn]] void none(const DistributionName& name, const std::vector<Need>& needs) const {
    std::vector<std::string> locked;
    for (const auto index : admitted(name)) {
      const auto& package = lock_.packages[index];
      locked.push_back(runs(index) ? package.version
                                   : fmt::format("{} (for Python {})", package.version, package.pythons.str()));
    }
    throw Error(fmt::format("{} has no {} for {}: {}; {}", lock_.file, name.str(), request_.target.str(),
                            who_needs(needs), locked.empty() ? "no version is locked" : "locked: " + join(locked)),
                fmt::format("`poetry lock` brings {} up to date with {}", lock_.file, project_.file));
  }

  [[noreturn]] void ambiguous(const std::vector<std::size_t>& candidates, const std::vector<Need>& needs) const {
    std::vector<std::string> texts;
    for (const auto index : candidates) {
      const auto& package = lock_.packages[index];
      texts.push_back(package.version + (package.source.url.empty() ? "" : " from " + package.source.url));
    }
    throw Error(fmt::format("{} has {} packages of {} for {} ({}), and nothing decides between them: {}", lock_.file,
                            candidates.size(), lock_.packages[candidates.front()].name.str(), request_.target.str(),
                            join(texts), who_needs(needs)),
                "give the dependency markers that exclude each other, or one source, and run `poetry lock`");
  }

  // The last walk's packages, once its choices are final.
  GraphResult confirmed() const {
    for (const auto& [name, needs] : needs_) {
      const auto candidates = best(name, needs);
      if (candidates.empty() && request_.complete && !is_missing_tool(name)) none(name, needs);
      if (candidates.size() > 1) ambiguous(candidates, needs);
    }
    GraphResult result;
    for (const auto& [name, needs] : needs_) {
      if (!is_missing_tool(name)) continue;
      for (const auto& need : needs) result.unlocked.insert(need.by + " needs " + name.str());
    }
    for (const auto& [name, index] : chosen_) result.packages.insert(index);
    result.depends_on_patch = depends_on_patch_;
    return result;
  }

  const PoetryLock& lock_;
  const PoetryProject& project_;
  const GraphRequest& request_;
  std::map<DistributionName, std::vector<std::size_t>> by_name_;

  const Choices* choices_ = nullptr;  // of the walk before
  Needs needs_;
  Choices chosen_;
  std::map<DistributionName, std::set<std::string>> extras_;
  std::deque<std::size_t> queue_;
  std::set<std::string> depends_on_patch_;
};

}  // namespace

GraphResult walk_poetry_graph(const PoetryLock& lock, const PoetryProject& project, const GraphRequest& request) {
  return Walk(lock, project, request).run();
}

}  // namespace lambda_pack
