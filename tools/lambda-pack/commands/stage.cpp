#include "base/error.hpp"
#include "commands/commands.hpp"
#include "commands/heavy.hpp"
#include "commands/layer.hpp"
#include "commands/pipeline.hpp"
#include "commands/step.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

void run_stage(const Settings& settings) {
  if (is_layer(settings)) return stage_layer(settings);
  const Heavy& tools = require_heavy();
  Step step(settings.work, "stage", settings.makefiles);
  const fs::path folder = settings.work.empty() ? settings.output : settings.work / "stage";
  if (folder.empty()) throw Error("no folder is given for the staged tree", "--output FOLDER");
  Pipeline pipeline(settings);
  const CheckedBundle checked = pipeline.checked_bundle();
  for (const std::string& warning : checked.warnings) warn(warning);
  const StageOutcome outcome = update_stage(checked.bundle, folder, tools.unpack_items);
  explain(folder.string() + ": " + std::to_string(outcome.written) + " files written, " +
          std::to_string(outcome.removed) + " removed, " + std::to_string(outcome.kept) + " kept");
  step.reads(pipeline.packing_inputs());
  step.reads(pipeline.compiling_interpreter());
  step.made(folder / kStageMarker, outcome.written + outcome.removed > 0);
  step.finish();
}

}  // namespace lambda_pack
