// One walk over the dependencies of a Poetry lock, with the choices of versions given. Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lock/poetry_graph.hpp"

namespace lambda_pack {

// A dependency that applies, and the package that has it; nothing for the project itself.
struct Need {
  const PoetryDependency* dependency;
  std::optional<std::size_t> by;
};

using Needs = std::map<DistributionName, std::vector<Need>>;
using Choices = std::map<DistributionName, std::size_t>;  // an index into the lock's packages

using PackageExtras = std::map<std::size_t, std::set<std::string>>;  // by index into the lock's packages

// How far a walk goes.
struct Reach {
  bool all_optionals;  // follow the project's optional dependencies that no extra asks for, too
  bool through_cut;    // follow dependencies on what the request cuts off, too
  // The packages that Poetry solved with all optional dependencies, and their extras. Poetry then leaves out what only
  // optional dependencies lead to, looking at the project's own without their markers: of two roads to a package, one
  // by an unasked extra and one for other targets, none leads here, yet it stays.
  const PackageExtras* solution = nullptr;
};

// Finds candidates and walks. Lock, project and request outlive it.
class PoetryWalk {
 public:
  PoetryWalk(const PoetryLock& lock, const PoetryProject& project, const GraphRequest& request);

  // Walks from the project's dependencies. Where `choices` has no package for a name, the best for the first
  // dependency that leads there is taken; `banned` packages are never taken.
  void run(const Choices& choices, const std::set<std::size_t>& banned, Reach reach);

  // Of the last run: what was needed, what was chosen for it, and whose marker hung on Python's patch version.
  const Needs& needs() const { return needs_; }
  const Choices& chosen() const { return chosen_; }
  const PackageExtras& extras() const { return extras_; }
  const std::set<std::string>& depends_on_patch() const { return depends_on_patch_; }

  // The distributions that the project's extras that are asked for name.
  std::set<DistributionName> named_by_extras() const;

  // The packages that satisfy all needs and are not banned: one, several between which nothing decides, or none.
  std::vector<std::size_t> best(const DistributionName& name, const std::vector<Need>& needs,
                                const std::set<std::size_t>& banned) const;
  // The packages of that name that are for the target and that the request admits.
  std::vector<std::size_t> admitted(const DistributionName& name) const;
  // Whether the package is for the target's Python.
  bool runs(std::size_t index) const;

 private:
  void walk_project();
  void walk_package(std::size_t index);
  void follow(const PoetryDependency& dependency, std::optional<std::size_t> by);
  bool holds(const PoetryDependency& dependency, const std::set<std::string>& extras);
  bool is_in_solution(const PoetryDependency& dependency) const;
  bool is_for_other_targets(const DistributionName& name) const;
  bool is_for_target(const LockedPackage& package) const;
  std::optional<std::size_t> choice_for(const DistributionName& name) const;
  std::set<std::string> asked_extras() const;
  bool wanted_by_extra(const PoetryDependency& dependency, const std::set<std::string>& asked) const;

  const PoetryLock& lock_;
  const PoetryProject& project_;
  const GraphRequest& request_;
  std::map<DistributionName, std::vector<std::size_t>> by_name_;

  const Choices* choices_ = nullptr;
  const std::set<std::size_t>* banned_ = nullptr;
  Reach reach_{};
  Needs needs_;
  Choices chosen_;
  PackageExtras extras_;
  std::deque<std::size_t> queue_;
  std::set<std::string> depends_on_patch_;
};

}  // namespace lambda_pack
