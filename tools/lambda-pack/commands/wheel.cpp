#include <cstdio>

#include "commands/artifacts.hpp"
#include "commands/commands.hpp"
#include "commands/head_start.hpp"
#include "commands/pipeline.hpp"
#include "commands/step.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

namespace {

// A project that is no package has no wheel: which files it has takes its place. False for a package.
bool list_project_files(const Pipeline& pipeline, const Settings& settings, Step& step) {
  const std::optional<SourceTree> tree = pipeline.project_files();
  if (!tree) return false;
  const fs::path artifact = settings.work / kProjectWheelFile;
  for (const fs::path& folder : tree->listed) step.reads(folder);
  for (const char* name : {"pyproject.toml", "setup.cfg"}) {  // they say that it is no package
    if (fs::exists(settings.project / name)) step.reads(settings.project / name);
  }
  step.made(artifact, write_if_different(artifact, project_files_json(*tree)));
  return true;
}

}  // namespace

void run_wheel(const Settings& settings) {
  Step step(settings.work, "wheel", settings.makefiles);
  Pipeline pipeline(settings);
  for (const std::string& file : settings.depends) step.reads(file);
  if (!settings.work.empty() && list_project_files(pipeline, settings, step)) return step.finish();
  // Listed before the backend runs: what changes meanwhile is newer than the stamp.
  if (!settings.work.empty()) step.reads(pipeline.project_inputs());
  const fs::path folder =
      settings.work.empty() ? (settings.output.empty() ? fs::current_path() : settings.output) : settings.work / "dist";
  if (settings.work.empty()) {
    std::printf("%s\n", pipeline.build_project_wheel(folder).c_str());
    return;
  }
  HeadStart head(settings);
  const fs::path wheel = pipeline.build_and_compile_project(folder);
  step.reads(pipeline.compiling_interpreter());
  const fs::path artifact = settings.work / kProjectWheelFile;
  const Sha256 digest = sha256_of_file(wheel);
  const bool changed =
      write_if_different(artifact, project_wheel_json(wheel.lexically_relative(settings.work).string(), digest));
  if (changed) head.keep();
  step.made(wheel, changed);
  step.made(artifact, changed);
  step.finish();
}

}  // namespace lambda_pack
