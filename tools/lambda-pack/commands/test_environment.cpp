#include "commands/test_environment.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/backend.hpp"
#include "build/source_tree.hpp"
#include "build/virtual_environment.hpp"
#include "commands/folder_builds.hpp"
#include "commands/git_builds.hpp"
#include "commands/pipeline.hpp"
#include "commands/project_description.hpp"
#include "lock/request_names.hpp"
#include "lock/select.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Names = std::vector<std::string>;

std::set<std::string> normalized(const Names& texts) { return normalized_names({texts.begin(), texts.end()}); }

// The lock, read for an interpreter of this machine.
class MachineLock {
 public:
  MachineLock(const Settings& settings, const fs::path& interpreter)
      : pyproject_file_(settings.project / "pyproject.toml"), lock_file_(lock_file(settings)),
        pyproject_(read_file_if_there(pyproject_file_).value_or("")), lock_(read_file(lock_file_)),
        target_(Pipeline(settings).target()) {
    target_.machine = std::make_shared<MarkerEnvironment>(machine_markers(interpreter));
  }

  SelectionRequest request() const {
    SelectionRequest request{};
    request.target = target_;
    return request;
  }
  Selection select(const SelectionRequest& request) const {
    return lambda_pack::select({pyproject_, pyproject_file_.string()}, {lock_, lock_file_.string()}, request,
                               lock_surroundings(nullptr));
  }
  Project project() const { return read_project(pyproject_, pyproject_file_.string()); }
  Names groups() const { return dependency_groups({pyproject_, pyproject_file_.string()}); }
  const fs::path& pyproject_file() const { return pyproject_file_; }
  const Target& target() const { return target_; }
  fs::path folder() const { return lock_file_.parent_path(); }

 private:
  fs::path pyproject_file_, lock_file_;
  std::string pyproject_, lock_;
  Target target_;
};

bool has_pytest(const Selection& selection) {
  static const DistributionName kPytest("pytest");
  return std::any_of(selection.distributions.begin(), selection.distributions.end(),
                     [](const SelectedDistribution& one) { return one.name == kPytest; });
}

[[noreturn]] void refuse_without_pytest(const MachineLock& lock, const Names& groups) {
  Names having;
  for (const std::string& group : lock.groups()) {
    SelectionRequest request = lock.request();
    request.main = false;
    request.groups = {group};
    if (has_pytest(lock.select(request))) having.push_back(group);
  }
  const std::string named = (groups.size() == 1 ? "the dependency group " : "the dependency groups ") + join(groups);
  const std::string where = groups.empty() ? "the dependency groups that are installed unasked" : named;
  throw Error("pytest is not in " + where + " of " + lock.pyproject_file().string(),
              having.empty() ? "poetry add --group dev pytest, or uv add --dev pytest"
                             : "it is in the group " + join(having, ", and in ") + ": GROUPS " + having.front() +
                                   " (--test-group " + having.front() + ")");
}

Names indexes_of(const Selection& selection) {
  Names indexes;
  for (const SelectedDistribution& one : selection.distributions) {
    const bool is_named = one.source.kind == SourceKind::index && !one.source.url.empty();
    if (is_named && std::find(indexes.begin(), indexes.end(), one.source.url) == indexes.end()) {
      indexes.push_back(one.source.url);
    }
  }
  return indexes;
}

// How what lies in folders is installed: as links to them where the lock says so, or all of it as copies.
enum class Folders { as_locked, copied };

// The part of a request that stands for folders and git repositories. Copies are built now, by the interpreter, unless
// the store has them: an edit makes another wheel, and thereby another environment.
void add_own_wheels(VirtualEnvironmentRequest& request, const Settings& settings, const MachineLock& lock,
                    const Selection& selection, Folders folders) {
  const BuildOptions options{request.interpreter.string(), request.environments, request.offline};
  const Store store(settings.store);
  std::vector<SelectedDistribution> links;
  std::vector<fs::path> copies;
  for (const SelectedDistribution& one : selection.distributions) {
    if (is_folder(one) && one.source.editable && folders == Folders::as_locked) {
      request.wheels_key += editable_folder_key(one, lock.folder()) + "\n";
      links.push_back(one);
    } else if (is_folder(one)) {
      copies.push_back(build_folder(one, lock.folder(), settings, lock.target(), options, store));
    } else if (is_git(one)) {
      copies.push_back(build_commit(one, lock.folder(), settings, lock.target(), options, store));
    }
  }
  for (const fs::path& wheel : copies) request.wheels_key += wheel.string() + "\n";
  if (links.empty() && copies.empty()) return;
  request.wheels = [links, copies, options, store, folder = lock.folder()](const fs::path& scratch) {
    std::vector<fs::path> wheels = copies;
    for (const SelectedDistribution& one : links) {
      wheels.push_back(build_editable_folder(one, folder, scratch / one.name.str(), options, store));
    }
    return wheels;
  };
}

VirtualEnvironmentRequest environment_request(const Settings& settings, const fs::path& interpreter,
                                              const MachineLock& lock, const Selection& selection, Folders folders) {
  VirtualEnvironmentRequest request;
  request.interpreter = interpreter;
  request.requirements = requirements_txt(selection);
  request.indexes = indexes_of(selection);
  request.lock_folder = lock.folder();
  request.project = settings.project;
  request.environments = settings.store / "environments";
  request.offline = settings.offline;
  add_own_wheels(request, settings, lock, selection, folders);
  return request;
}

// `venv` of the settings, or what stands beside it.
fs::path environment_folder(const Settings& settings, const std::string& beside = {}, const Names& groups = {}) {
  if (settings.venv.empty()) throw Error("no folder is given for the virtual environment", "--venv FOLDER");
  if (beside.empty()) return settings.venv;
  std::string name = settings.venv.filename().string() + "-" + beside;
  for (const std::string& group : normalized(groups)) name += "-" + group;
  return settings.venv.parent_path() / name;
}

}  // namespace

fs::path project_environment(const Settings& settings, const fs::path& interpreter, const Names& groups,
                             Purpose purpose) {
  const MachineLock lock(settings, interpreter);
  SelectionRequest wanted = lock.request();
  wanted.default_groups = true;
  wanted.groups = normalized(settings.groups);
  wanted.extras = normalized(settings.extras);
  Selection selection = lock.select(wanted);
  bool asks_for_more = false;
  if (!groups.empty()) {
    wanted.groups.merge(normalized(groups));
    Selection all = lock.select(wanted);
    asks_for_more = all.distributions != selection.distributions;
    selection = std::move(all);
  }
  if (purpose == Purpose::testing && !has_pytest(selection)) refuse_without_pytest(lock, groups);
  for (const std::string& warning : selection.warnings) warn(warning);
  VirtualEnvironmentRequest request = environment_request(settings, interpreter, lock, selection, Folders::as_locked);
  request.folder = asks_for_more ? environment_folder(settings, "with", groups) : environment_folder(settings);
  const Project project = lock.project();
  if (has_wheel(project, settings.project)) request.build_system = project.build_system.value_or(legacy_build_system());
  update_virtual_environment(request);
  return request.folder;
}

fs::path tests_environment(const Settings& settings, const fs::path& interpreter, const Names& groups) {
  const MachineLock lock(settings, interpreter);
  SelectionRequest wanted = lock.request();
  wanted.main = false;
  wanted.default_groups = groups.empty();
  wanted.groups = normalized(groups);
  const Selection selection = lock.select(wanted);
  if (!has_pytest(selection)) refuse_without_pytest(lock, groups);
  // Staged tests tell by its place what the tests alone have: nothing leads out of the environment.
  VirtualEnvironmentRequest request = environment_request(settings, interpreter, lock, selection, Folders::copied);
  request.folder = environment_folder(settings, "tests", groups);
  update_virtual_environment(request);
  return request.folder;
}

}  // namespace lambda_pack
