#include <cstdio>
#include <cstdlib>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/checks.hpp"
#include "bundle/manifest.hpp"
#include "bundle/zip_file.hpp"
#include "commands/heavy.hpp"
#include "commands/layer.hpp"
#include "commands/layer_artifacts.hpp"
#include "commands/step.hpp"
#include "commands/zip_delivery.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// A requirements.txt holds for one runtime; where there are several, each has its own.
std::string requirements_name(const std::vector<Selection>& selections, const Selection& one) {
  return selections.size() == 1 ? kRequirementsFile : "requirements-" + one.runtime + ".txt";
}

}  // namespace

void export_layer(const Settings& settings) {
  Step step(settings.work, "export", settings.makefiles);
  const LayerPipeline pipeline(settings);
  std::set<fs::path> also_read;
  const std::vector<Selection> selections = pipeline.select(&also_read);
  std::set<std::string> said;
  for (const Selection& selection : selections) {
    for (const std::string& warning : selection.warnings) {
      if (said.insert(warning).second) warn(warning);
    }
  }
  const auto write = [&](const std::string& name, const std::string& text) {
    const fs::path path = settings.work / name;
    step.made(path, write_if_different(path, text));
  };
  if (settings.work.empty()) {
    const std::string text = layer_selections_json(selections);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return;
  }
  write(kSelectionFile, layer_selections_json(selections));
  for (const Selection& one : selections) write(requirements_name(selections, one), requirements_txt(one));
  step.reads(settings.project / "pyproject.toml");
  step.reads(pipeline.lock_file());
  for (const fs::path& file : also_read) step.reads(file);
  if (settings.lock.empty()) step.reads(settings.project);  // a second lock there is an error
  step.finish();
}

void fetch_layer(const Settings& settings) {
  Step step(settings.work, "fetch", settings.makefiles);
  const LayerPipeline pipeline(settings);
  // Listed before the backends run: what changes meanwhile is newer than the stamp.
  if (!settings.work.empty()) step.reads(pipeline.folder_inputs());
  const std::vector<RuntimeWheels> wheels = pipeline.fetch();
  if (settings.work.empty()) {
    std::set<std::string> paths;
    for (const RuntimeWheels& one : wheels) {
      for (const BundleWheel& wheel : one.wheels) paths.insert(wheel.path.string());
    }
    for (const std::string& path : paths) std::printf("%s\n", path.c_str());
    return;
  }
  const fs::path artifact = settings.work / kFetchedFile;
  step.made(artifact, write_if_different(artifact, layer_wheels_json(wheels)));
  step.reads(settings.work / kSelectionFile);
  step.finish();
}

void stage_layer(const Settings& settings) {
  const Heavy& tools = require_heavy();
  Step step(settings.work, "stage", settings.makefiles);
  const fs::path folder = settings.work.empty() ? settings.output : settings.work / "stage";
  if (folder.empty()) throw Error("no folder is given for the staged layer", "--output FOLDER");
  const LayerPipeline pipeline(settings);
  const CheckedBundle checked = pipeline.checked_bundle();
  for (const std::string& warning : checked.warnings) warn(warning);
  const StageOutcome outcome = update_stage(checked.bundle, folder, tools.unpack_items);
  step.reads(pipeline.packing_inputs());
  step.made(folder / kStageMarker, outcome.written + outcome.removed > 0);
  step.finish();
}

void zip_layer(const Settings& settings) {
  if (settings.output.empty()) throw Error("no zip is named", "--output base.zip");
  Step step(settings.work, "zip", settings.makefiles);
  const ZipTime time = ZipTime::from_source_date_epoch(std::getenv("SOURCE_DATE_EPOCH"));
  const LayerPipeline pipeline(settings);
  Verification verification;
  CheckedBundle checked = pipeline.checked_bundle(&verification);
  const WrittenZip zip = write_zip(checked.bundle, settings.output, time, verification);
  check_layer_zip_size(zip.size, checked.warnings);
  for (const std::string& warning : checked.warnings) warn(warning);

  const std::string manifest =
      layer_manifest_json({settings.name, settings.layer_name, settings.output.filename().string(), pipeline.runtimes(),
                           pipeline.architectures(), LAMBDA_PACK_VERSION, checked.warnings},
                          checked.bundle, checked.native, zip);
  deliver_zip(settings, step, zip, checked.bundle, manifest);
  step.reads(pipeline.packing_inputs());
  step.finish();
}

void check_layer(const Settings& settings) {
  for (const std::string& warning : LayerPipeline(settings).checked_bundle().warnings) warn(warning);
}

}  // namespace lambda_pack
