#include "lock/requirements_select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/request_names.hpp"
#include "lock/requirements_file.hpp"
#include "lock/source_file.hpp"

namespace lambda_pack {
namespace {

constexpr const char* kRemedy =
    "`uv pip compile --generate-hashes <list> -o requirements.txt` (or pip-compile --generate-hashes) makes a file in "
    "which everything is pinned, with hashes";

using Hashes = std::vector<FileHash>;

// As pip: what both sides allow, where both say something.
Hashes both(const Hashes& left, const Hashes& right) {
  if (left.empty()) return right;
  if (right.empty()) return left;
  Hashes result;
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(result));
  return result;
}

// The version that `==1.2` or `===1.2` pins; empty for anything else.
std::string pinned_version(const SpecifierSet& specifiers) {
  const auto text = specifiers.str();
  if (text.substr(0, 2) != "==" || text.find(',') != std::string::npos || text.back() == '*') return "";
  return text.substr(text.find_first_not_of("="));
}

class RequirementsSelector {
 public:
  RequirementsSelector(const NamedText& lock, const SelectionRequest& request, const LockSurroundings& around)
      : request_(request), file_(lock.file), lines_(read_requirements_file(lock, around)) {}

  Selection run() {
    require_known(normalized_names(request_.groups), {}, "dependency group", file_);
    require_known(normalized_names(request_.extras), {}, "extra", file_);
    for (const auto& line : lines_.requirements) {
      if (!holds(line) || is_left_out(line.requirement.name)) continue;
      if (request_.provided.count(line.requirement.name) > 0) {
        left_out_.insert(line.requirement.name.str());
      } else {
        add(line);
      }
    }
    Selection selection;
    selection.runtime = request_.target.runtime->id;
    selection.architecture = lambda_name(request_.target.architecture);
    const WheelRanking ranking(request_.target);
    for (const auto& [name, pin] : pins_) selection.distributions.push_back(with_file(pin, ranking));
    selection.warnings = warnings();
    return selection;
  }

 private:
  struct Pin : LockedDistribution {
    Hashes hashes;
    std::string place;
  };

  LockLabel label() const { return {file_, kRemedy}; }

  bool is_left_out(const DistributionName& name) const {
    return !request_.only.empty() && request_.only.count(name) == 0;
  }

  bool holds(const RequirementLine& line) {
    bool by_patch = false;
    const bool result = holds_on(line.requirement.marker, request_.target, {}, &by_patch);
    if (by_patch) depends_on_patch_.insert(line.requirement.name.str());
    return result;
  }

  // What the line and the constraints on it say together.
  Pin pin_of(const RequirementLine& line) {
    Pin pin;
    pin.name = line.requirement.name;
    pin.version = pinned_version(line.requirement.specifiers);
    pin.source = line.source;
    pin.hashes = line.hashes;
    pin.place = line.place;
    const auto [begin, end] = lines_.constraints.equal_range(pin.name);
    for (auto at = begin; at != end; ++at) {
      if (holds(at->second)) constrain(pin, at->second);
    }
    if (pin.source.kind == SourceKind::index && !lines_.indexes.empty()) pin.source.url = lines_.indexes.front();
    return pin;
  }

  void constrain(Pin& pin, const RequirementLine& constraint) const {
    if (pin.version.empty()) pin.version = pinned_version(constraint.requirement.specifiers);
    pin.hashes = both(pin.hashes, constraint.hashes);
    const auto version = Version::parse(pin.version);
    if (!version || constraint.requirement.specifiers.contains(*version)) return;
    throw Error(fmt::format("{}: {} {} contradicts the constraint {}, {}", pin.place, pin.name.str(), pin.version,
                            constraint.requirement.specifiers.str(), constraint.place));
  }

  void add(const RequirementLine& line) {
    auto pin = pin_of(line);
    require_complete(pin, line);
    const auto [entry, is_new] = pins_.emplace(pin.name, pin);
    if (is_new) return;
    // A pin may stand there twice, once with an extra.
    auto& known = entry->second;
    if (known.parsed_version != pin.parsed_version || known.source != pin.source) {
      throw Error(fmt::format("{}: {} is required twice, as {} and, {}, as {}", known.place, pin.name.str(),
                              known.version, pin.place, pin.version),
                  kRemedy);
    }
    known.hashes = both(known.hashes, pin.hashes);
  }

  void require_complete(Pin& pin, const RequirementLine& line) const {
    const bool from_index = pin.source.kind == SourceKind::index;
    if (from_index && pin.version.empty()) {
      throw Error(fmt::format("{}: {} is not pinned with ==", pin.place,
                              quote(pin.name.str() + line.requirement.specifiers.str())),
                  kRemedy);
    }
    if (from_index && pin.hashes.empty()) {
      throw Error(fmt::format("{}: {} {} has no hash of SHA-256 or stronger", pin.place, pin.name.str(), pin.version),
                  kRemedy);
    }
    if (pin.version.empty()) return;
    const auto version = Version::parse(pin.version);
    if (!version) throw Error(fmt::format("{}: {} is no version (PEP 440)", pin.place, quote(pin.version)));
    pin.parsed_version = *version;
  }

  SelectedDistribution with_file(const Pin& pin, const WheelRanking& ranking) const {
    if (pin.source.kind == SourceKind::index) {
      return {pin.name, pin.version, pin.source, {"", pin.hashes, "", {}}, false};
    }
    LockedDistribution direct = pin;
    const bool is_file = pin.source.kind == SourceKind::file;
    const auto name = is_file ? file_name_in_path(pin.source.url) : file_name_in_url(pin.source.url);
    direct.files = {{name, pin.hashes, "", {}}};
    if (const auto wheel = WheelName::parse(name)) {
      direct.version = wheel->version.str();
      direct.parsed_version = wheel->version;
    }
    const auto choice = source_file(direct, label(), ranking, request_.source_builds.count(pin.name) > 0);
    return {pin.name, direct.version, pin.source, choice.file, choice.build};
  }

  std::vector<std::string> warnings() const {
    std::vector<std::string> result;
    if (!left_out_.empty()) {
      result.push_back(fmt::format("{} does not say who needs what: of PROVIDED only {} itself is left out", file_,
                                   join({left_out_.begin(), left_out_.end()})));
    }
    if (!request_.only.empty()) {
      result.push_back(
          fmt::format("{} does not say who needs what: of DISTRIBUTIONS only those named are taken", file_));
    }
    if (lines_.indexes.size() > 1) {
      result.push_back(
          fmt::format("{} names {} indexes: files are looked for in the first, then where your installer "
                      "is set up to look",
                      file_, lines_.indexes.size()));
    }
    if (!depends_on_patch_.empty()) {
      result.push_back(fmt::format("{}: whether {} to the package depends on Python's patch version; decided for {}",
                                   file_,
                                   join({depends_on_patch_.begin(), depends_on_patch_.end()}) +
                                       (depends_on_patch_.size() == 1 ? " belongs" : " belong"),
                                   marker_environment(request_.target).python_full_version));
    }
    return result;
  }

  const SelectionRequest& request_;
  const std::string file_;
  const RequirementsFile lines_;
  std::map<DistributionName, Pin> pins_;
  std::set<std::string> left_out_, depends_on_patch_;
};

}  // namespace

Selection select_from_requirements(const NamedText& lock, const SelectionRequest& request,
                                   const LockSurroundings& around) {
  return RequirementsSelector(lock, request, around).run();
}

}  // namespace lambda_pack
