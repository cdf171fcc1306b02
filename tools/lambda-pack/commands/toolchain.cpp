#include "build/toolchain.hpp"

#include <cstdio>

#include "base/error.hpp"
#include "commands/commands.hpp"
#include "commands/native_builds.hpp"
#include "commands/step.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

void run_toolchain(const Settings& settings) {
  if (settings.output.empty()) throw Error("no folder is given for the toolchain", "--output FOLDER");
  Step step(settings.work, "toolchain", settings.makefiles);
  const ToolchainRequest request = toolchain_request(settings);
  const Toolchain made = make_toolchain(request, settings.output);
  step.reads(made.zig);
  step.reads(made.python);
  if (!settings.with.empty()) add_packages(request, settings.with, settings.output);
  const fs::path file = settings.output / "toolchain.cmake";
  step.made(file, true);
  if (settings.work.empty()) std::printf("%s\n", file.c_str());
  step.finish();
}

}  // namespace lambda_pack
