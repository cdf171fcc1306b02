#include <cstdio>

#include "commands/artifacts.hpp"
#include "commands/commands.hpp"
#include "commands/pipeline.hpp"
#include "commands/step.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

void run_wheel(const Settings& settings) {
  Step step(settings.work, "wheel", settings.makefiles);
  const Pipeline pipeline(settings);
  // Listed before the backend runs: what changes meanwhile is newer than the stamp.
  if (!settings.work.empty()) step.reads(pipeline.project_inputs());
  for (const std::string& file : settings.depends) step.reads(file);
  const fs::path folder = settings.work.empty() ? (settings.output.empty() ? fs::current_path() : settings.output)
                                                : settings.work / "dist";
  const fs::path wheel = pipeline.build_project_wheel(folder);
  if (settings.work.empty()) {
    std::printf("%s\n", wheel.c_str());
    return;
  }
  const fs::path artifact = settings.work / kProjectWheelFile;
  const Sha256 digest = sha256_of_file(wheel);
  const bool changed =
      write_if_different(artifact, project_wheel_json(wheel.lexically_relative(settings.work).string(), digest));
  step.made(wheel, changed);
  step.made(artifact, changed);
  step.finish();
}

}  // namespace lambda_pack
