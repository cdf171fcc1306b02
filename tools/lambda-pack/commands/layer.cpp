#include "commands/layer.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/checks.hpp"
#include "commands/extra_files.hpp"
#include "commands/folder_builds.hpp"
#include "commands/layer_artifacts.hpp"
#include "lock/layer_selection.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> given_or(const std::vector<std::string>& several, const std::string& one) {
  return several.empty() && !one.empty() ? std::vector<std::string>{one} : several;
}

// Whether a runtime looks into the folder that the file is in.
bool is_seen_by(const std::string& runtime, const std::vector<std::string>& runtimes, const BundleFile& file) {
  const std::string& path = file.part.path->str();
  return path.starts_with(layer_folder_of(runtime)) ||
         std::none_of(runtimes.begin(), runtimes.end(),
                      [&](const std::string& other) { return path.starts_with(layer_folder_of(other)); });
}

}  // namespace

bool is_layer(const Settings& settings) {
  if (settings.kind == "layer") return true;
  if (settings.kind == "function") return false;
  throw Error("there is no kind " + quote(settings.kind), "the kinds are function and layer");
}

LayerPipeline::LayerPipeline(const Settings& settings)
    : settings_(settings), runtimes_(given_or(settings.compatible_runtimes, settings.runtime)),
      architectures_(given_or(settings.compatible_architectures, settings.architecture)) {
  if (runtimes_.empty()) throw Error("no runtime is given", "--compatible-runtime python3.13");
  for (const std::string& runtime : runtimes_) {
    for (const std::string& architecture : architectures_) {
      Settings& one = each_.emplace_back(settings);
      one.runtime = runtime;
      one.architecture = architecture;
      one.any_architecture = architectures_.size() > 1;
      one.work.clear();  // the artifacts there are those of all targets together
      pipelines_.emplace_back(one).target();
    }
  }
}

std::vector<Selection> LayerPipeline::select(std::set<fs::path>* read) const {
  std::vector<Selection> selections;
  std::vector<Target> targets;
  for (std::size_t runtime = 0; runtime < runtimes_.size(); ++runtime) {
    std::vector<Selection> of_architectures;
    for (std::size_t i = 0; i < architectures_.size(); ++i) {
      of_architectures.push_back(pipelines_[runtime * architectures_.size() + i].select(read));
    }
    selections.push_back(joined_architectures(of_architectures, lock_file().string()));
    targets.push_back(pipeline_of(runtime).target());
  }
  require_known_distributions(selections);
  share_files(selections, targets);
  return selections;
}

void LayerPipeline::require_known_distributions(const std::vector<Selection>& selections) const {
  std::set<DistributionName> known;
  for (const Selection& selection : selections) {
    for (const SelectedDistribution& one : selection.distributions) known.insert(one.name);
  }
  for (const std::string& text : settings_.distributions) {
    if (known.contains(DistributionName(text))) continue;
    Settings all = each_.front();
    all.distributions.clear();
    std::vector<std::string> names;
    for (const SelectedDistribution& one : Pipeline(all).select().distributions) names.push_back(one.name.str());
    const std::vector<std::string> close = close_names(text, names);
    throw Error(lock_file().string() + " has no " + text + " for " + join(runtimes_) + " on " + join(architectures_) +
                    ", which DISTRIBUTIONS names",
                !close.empty() ? "did you mean " + join(close, " or ") + "?"
                               : "there are " + (names.empty() ? "none" : join(names)));
  }
}

std::vector<Selection> LayerPipeline::selections() const {
  if (!settings_.work.empty()) {
    if (std::optional<std::vector<Selection>> made = read_layer_selections(settings_.work / kSelectionFile))
      return *made;
  }
  return select();
}

std::vector<RuntimeWheels> LayerPipeline::fetch() const {
  const std::vector<Selection> selected = selections();
  std::vector<RuntimeWheels> wheels;
  for (std::size_t runtime = 0; runtime < runtimes_.size(); ++runtime) {
    RuntimeWheels& one = wheels.emplace_back(RuntimeWheels{runtimes_[runtime], {}});
    for (StoredWheel& wheel : pipeline_of(runtime).fetch(selected.at(runtime))) {
      one.wheels.push_back({std::move(wheel.path), wheel.digest, false});
    }
  }
  return wheels;
}

std::vector<RuntimeWheels> LayerPipeline::wheels() const {
  if (!settings_.work.empty()) {
    if (std::optional<std::vector<RuntimeWheels>> made = read_layer_wheels(settings_.work / kFetchedFile)) return *made;
  }
  return fetch();
}

Inputs LayerPipeline::folder_inputs() const {
  Inputs all;
  for (const Selection& selection : selections()) {
    const Inputs inputs = lambda_pack::folder_inputs(selection, lock_file().parent_path());
    all.files.insert(inputs.files.begin(), inputs.files.end());
    all.folders.insert(inputs.folders.begin(), inputs.folders.end());
  }
  return all;
}

CheckedBundle LayerPipeline::checked_bundle(Verification* verification) const {
  BundleRequest request;
  request.files = find_extra_files(settings_.files).files;
  for (const std::string& pattern : settings_.exclude) request.exclude.emplace_back(pattern);
  request.wheels = layer_layout(wheels());
  if (request.wheels.empty() && request.files.empty()) {
    throw Error("the layer is empty: " + lock_file().string() + " has nothing for " + join(runtimes_),
                "its content is the project's dependencies, those of GROUPS and EXTRAS, and FILES");
  }
  if (verification != nullptr) verification->begin(request.wheels);
  CheckedBundle checked{make_bundle(request), {}, {}, {}};
  checked.native = native_files(checked.bundle);
  checked.warnings = checked.bundle.warnings();
  check_native(checked);
  check_unzipped_layer_size(checked.bundle);
  return checked;
}

void LayerPipeline::check_native(CheckedBundle& checked) const {
  std::vector<std::string> warnings;
  for (const Pipeline& pipeline : pipelines_) {
    Target target = pipeline.target();
    target.any_architecture = false;
    std::vector<NativeFile> seen;
    for (const NativeFile& native : checked.native) {
      if (is_seen_by(std::string(target.runtime->id), runtimes_, *native.file)) seen.push_back(native);
    }
    check_native_files(seen, target, warnings);
    check_needed_libraries(seen, target, warnings);
  }
  for (const std::string& warning : warnings) {
    const auto& known = checked.warnings;
    if (std::find(known.begin(), known.end(), warning) == known.end()) checked.warnings.push_back(warning);
  }
}

Inputs LayerPipeline::packing_inputs() const {
  Inputs inputs = find_extra_files(settings_.files).inputs;
  inputs.files.insert(settings_.depends.begin(), settings_.depends.end());
  inputs.files.insert(settings_.work / kFetchedFile);
  return inputs;
}

}  // namespace lambda_pack
