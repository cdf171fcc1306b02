#include <cstdio>

#include "commands/artifacts.hpp"
#include "commands/commands.hpp"
#include "commands/head_start.hpp"
#include "commands/layer.hpp"
#include "commands/pipeline.hpp"
#include "commands/step.hpp"

namespace lambda_pack {

void run_fetch(const Settings& settings) {
  if (is_layer(settings)) return fetch_layer(settings);
  Step step(settings.work, "fetch", settings.makefiles);
  Pipeline pipeline(settings);
  if (!settings.work.empty()) {
    // Listed before the backends run: what changes meanwhile is newer than the stamp.
    step.reads(pipeline.folder_inputs());
    pipeline.compile_meanwhile();
  }
  const std::vector<StoredWheel> wheels = pipeline.fetch();
  if (settings.work.empty()) {
    for (const StoredWheel& wheel : wheels) std::printf("%s\n", wheel.path.c_str());
    return;
  }
  pipeline.compile(wheels);
  step.reads(pipeline.compiling_interpreter());
  const std::filesystem::path artifact = settings.work / kFetchedFile;
  step.made(artifact, write_if_different(artifact, fetched_json(wheels)));
  // Not the wheels: they never change under their names, and whoever empties the store has not changed the package.
  step.reads(settings.work / kSelectionFile);
  step.finish();

  const auto backend_is_done = [&] { return !Step::is_running(settings.work, "wheel"); };
  if (!backend_is_done()) write_head_ahead(settings, backend_is_done);
}

}  // namespace lambda_pack
