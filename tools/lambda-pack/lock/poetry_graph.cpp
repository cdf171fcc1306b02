#include "lock/poetry_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/poetry_walk.hpp"

namespace lambda_pack {
namespace {

using Banned = std::set<std::size_t>;

// Sets of banned packages that are tried. Real locks need two or three; the limit keeps hostile ones finite.
constexpr std::size_t kMostTries = 500;

// Why a set of choices cannot be: what to say of it, and the packages whose needs are behind it.
struct Conflict {
  Error error;
  std::vector<std::size_t> behind;
};

// Chooses versions: walks until a walk confirms its own choices, and where no version satisfies all needs, tries
// again without one of the versions that had them, fewest bans first. Locks have few distributions with several
// versions, and markers tell most of those apart, so that hardly any lock makes it search.
class Search {
 public:
  Search(const PoetryLock& lock, const PoetryProject& project, const GraphRequest& request)
      : lock_(lock), project_(project), request_(request), walk_(lock, project, request) {}

  // Versions are chosen with everything that has a say in Poetry, then a last walk takes what is asked for: its
  // solver looks at all optional dependencies and leaves out afterwards what no extra asks for; and what is cut
  // off is still there at run time.
  GraphResult run() {
    const auto choices = choose();
    const auto solution = walk_.extras();  // of the walk that confirmed the choices
    const auto edges = result().edges;
    Reach reach{.all_optionals = false, .through_cut = false};
    if (request_.complete && optionals_solved_) reach.solution = &solution;
    walk_.run(choices, {}, reach);
    auto found = result();
    if (reach.solution != nullptr) add_named_by_extras(choices, edges, found);
    return found;
  }

 private:
  // Where optional dependencies that nobody asks for cannot be satisfied, they have no say.
  Choices choose() {
    if (!request_.complete) return solved({.all_optionals = false, .through_cut = true});
    try {
      auto choices = solved({.all_optionals = true, .through_cut = true});
      optionals_solved_ = true;
      return choices;
    } catch (const Error&) {
      return solved({.all_optionals = false, .through_cut = true});
    }
  }

  Choices solved(Reach reach) {
    std::deque<Banned> queue{{}};
    std::set<Banned> tried;
    std::optional<Error> first_error;
    for (; !queue.empty() && tried.size() < kMostTries; queue.pop_front()) {
      const auto& banned = queue.front();
      if (!tried.insert(banned).second) continue;
      const auto conflict = settle(banned, reach);
      if (!conflict) return walk_.chosen();
      if (!first_error) first_error = conflict->error;
      for (const auto index : with_alternatives(conflict->behind, banned)) {
        auto more = banned;
        more.insert(index);
        queue.push_back(std::move(more));
      }
    }
    throw *first_error;
  }

  // Which version is right depends on the edges, and which edges there are on the versions: choose by the edges of
  // the walk before until nothing changes.
  std::optional<Conflict> settle(const Banned& banned, Reach reach) {
    Choices choices;
    std::set<Choices> seen;
    while (seen.insert(choices).second) {
      walk_.run(choices, banned, reach);
      Choices better;
      for (const auto& [name, needs] : walk_.needs()) {
        const auto candidates = walk_.best(name, needs, banned);
        if (!candidates.empty()) better[name] = candidates.front();
      }
      if (better == choices) return conflict_of(banned);
      choices = std::move(better);
    }
    // The walk goes round: a version brings the very edge that rules it out.
    Conflict conflict{
        Error(lock_.file + ": no set of its packages satisfies all dependencies", "`poetry lock` makes it anew"), {}};
    for (const auto& [name, index] : choices) conflict.behind.push_back(index);
    return conflict;
  }

  std::optional<Conflict> conflict_of(const Banned& banned) const {
    for (const auto& [name, needs] : walk_.needs()) {
      const auto candidates = walk_.best(name, needs, banned);
      if (candidates.size() > 1) return Conflict{ambiguous(candidates, needs), {}};
      if (candidates.empty() && request_.complete && !is_missing_tool(name)) {
        return Conflict{none(name, needs), ancestors(needs)};
      }
    }
    return std::nullopt;
  }

  // The packages that have the needs, nearest first, then those that need them, up to the project.
  std::vector<std::size_t> ancestors(const std::vector<Need>& needs) const {
    std::vector<std::size_t> found;
    const auto add = [&found](const std::vector<Need>& more) {
      for (const auto& need : more) {
        if (need.by && std::find(found.begin(), found.end(), *need.by) == found.end()) found.push_back(*need.by);
      }
    };
    add(needs);
    for (std::size_t i = 0; i < found.size(); ++i) add(walk_.needs().at(lock_.packages[found[i]].name));
    return found;
  }

  std::vector<std::size_t> with_alternatives(const std::vector<std::size_t>& packages, const Banned& banned) const {
    std::vector<std::size_t> result;
    std::copy_if(packages.begin(), packages.end(), std::back_inserter(result), [&](std::size_t index) {
      const auto same_name = walk_.admitted(lock_.packages[index].name);
      return std::any_of(same_name.begin(), same_name.end(),
                         [&](std::size_t other) { return other != index && banned.count(other) == 0; });
    });
    return result;
  }

  bool is_missing_tool(const DistributionName& name) const {
    return is_unlocked_tool(name) && walk_.admitted(name).empty();
  }

  std::string who(const Need& need) const {
    if (need.by) return lock_.packages[*need.by].str();
    return project_.name ? project_.name->str() : "the project";
  }

  std::string who_needs(const std::vector<Need>& needs) const {
    std::vector<std::string> texts;
    for (const auto& need : needs) {
      auto text = fmt::format("{} needs {}", who(need), need.dependency->str());
      if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
    }
    return join(texts);
  }

  Error none(const DistributionName& name, const std::vector<Need>& needs) const {
    std::vector<std::string> locked;
    for (const auto index : walk_.admitted(name)) {
      const auto& package = lock_.packages[index];
      locked.push_back(walk_.runs(index) ? package.version
                                         : fmt::format("{} (for Python {})", package.version, package.pythons.str()));
    }
    return Error(fmt::format("{} has no {} for {}: {}; {}", lock_.file, name.str(), request_.target.str(),
                             who_needs(needs), locked.empty() ? "no version is locked" : "locked: " + join(locked)),
                 fmt::format("`poetry lock` brings {} up to date with {}", lock_.file, project_.file));
  }

  Error ambiguous(const std::vector<std::size_t>& candidates, const std::vector<Need>& needs) const {
    std::vector<std::string> texts;
    for (const auto index : candidates) {
      const auto& package = lock_.packages[index];
      texts.push_back(package.version + (package.source.url.empty() ? "" : " from " + package.source.url));
    }
    return Error(fmt::format("{} has {} packages of {} for {} ({}), and nothing decides between them: {}", lock_.file,
                             candidates.size(), lock_.packages[candidates.front()].name.str(), request_.target.str(),
                             join(texts), who_needs(needs)),
                 "give the dependency markers that exclude each other, or one source, and run `poetry lock`");
  }

  // Poetry leaves out what only optional dependencies lead to, but for what the extras asked for name, and what that
  // leads to in turn in its solution, in which extras are active that nobody asks for here (get_extra_package_names in
  // its utils/extras.py).
  void add_named_by_extras(const Choices& solution, const Edges& edges, GraphResult& found) const {
    for (const auto& name : closure(walk_.named_by_extras(), without_cut(edges))) {
      const auto choice = solution.find(name);
      if (choice == solution.end() || request_.cut.count(name) > 0) continue;
      if (!found.packages.insert(choice->second).second) continue;
      for (const auto& [from, to] : edges) {
        if (to.count(name) > 0) found.edges[from].insert(name);
      }
    }
  }

  Edges without_cut(Edges edges) const {
    for (const auto& name : request_.cut) edges.erase(name);
    return edges;
  }

  GraphResult result() const {
    GraphResult result;
    for (const auto& [name, index] : walk_.chosen()) result.packages.insert(index);
    result.depends_on_patch = walk_.depends_on_patch();
    for (const auto& [name, needs] : walk_.needs()) {
      for (const auto& need : needs) {
        if (need.by) result.edges[lock_.packages[*need.by].name].insert(name);
      }
      if (!is_missing_tool(name)) continue;
      for (const auto& need : needs) result.unlocked.insert(who(need) + " needs " + name.str());
    }
    return result;
  }

  const PoetryLock& lock_;
  const PoetryProject& project_;
  const GraphRequest& request_;
  PoetryWalk walk_;
  bool optionals_solved_ = false;  // the choices satisfy the optional dependencies that nobody asks for, too
};

}  // namespace

bool is_unlocked_tool(const DistributionName& name) {
  return name.str() == "setuptools" || name.str() == "distribute" || name.str() == "pip" || name.str() == "wheel";
}

GraphResult walk_poetry_graph(const PoetryLock& lock, const PoetryProject& project, const GraphRequest& request) {
  return Search(lock, project, request).run();
}

}  // namespace lambda_pack
