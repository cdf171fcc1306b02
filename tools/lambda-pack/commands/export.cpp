#include <chrono>
#include <cstdio>
#include <ctime>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/artifacts.hpp"
#include "commands/commands.hpp"
#include "commands/layer.hpp"
#include "commands/pipeline.hpp"
#include "commands/step.hpp"
#include "lock/pylock_text.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

std::string today() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &utc);
  return text;
}

// pip and uv know a pylock.toml by its name.
void require_pylock_name(const std::filesystem::path& file) {
  if (file.empty() || is_pylock_name(file.filename().string())) return;
  throw Error("--pylock must name pylock.toml or pylock.<name>.toml, by which pip and uv know it; got " +
                  quote(file.filename().string()),
              "--pylock " + (file.parent_path() / "pylock.lambda.toml").string());
}

// Paths of a selection are relative to its lock, those of a pylock.toml to itself.
std::string pylock_text(const Pipeline& pipeline, const Selection& selection, const std::filesystem::path& file) {
  const std::filesystem::path lock_folder = pipeline.lock_file().parent_path(), folder = file.parent_path();
  return pylock_toml(pipeline.addressed(selection), pipeline.target(), [&](const std::string& path) {
    return (lock_folder / path).lexically_normal().lexically_relative(folder).generic_string();
  });
}

void write_artifact(Step& step, const std::filesystem::path& path, const std::string& text) {
  step.made(path, write_if_different(path, text));
}

}  // namespace

void run_export(const Settings& settings) {
  require_pylock_name(settings.pylock);
  if (is_layer(settings)) return export_layer(settings);
  Step step(settings.work, "export", settings.makefiles);
  const Pipeline pipeline(settings);
  std::set<std::filesystem::path> also_read;
  const Selection selection = pipeline.select(&also_read);
  const std::string deprecation = deprecation_warning(*pipeline.target().runtime, today());
  if (!deprecation.empty()) warn(deprecation);
  for (const std::string& warning : selection.warnings) warn(warning);

  const std::string requirements = requirements_txt(selection);
  const std::string pylock = settings.pylock.empty() ? "" : pylock_text(pipeline, selection, settings.pylock);
  if (!settings.work.empty()) {
    write_artifact(step, settings.work / kSelectionFile, to_json(selection));
    write_artifact(step, settings.work / kRequirementsFile, requirements);
  }
  if (!settings.requirements.empty()) {
    write_artifact(step, settings.requirements, requirements);
  } else if (settings.work.empty() && settings.pylock.empty()) {
    const std::string text = settings.json ? to_json(selection) : requirements;
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  if (!settings.pylock.empty()) write_artifact(step, settings.pylock, pylock);
  const std::filesystem::path pyproject = settings.project / "pyproject.toml";
  const bool is_there = std::filesystem::exists(pyproject);
  if (is_there) step.reads(pyproject);
  step.reads(pipeline.lock_file());
  for (const std::filesystem::path& file : also_read) step.reads(file);
  // A second lock there is an error, and a pyproject.toml may come.
  if (settings.lock.empty() || !is_there) step.reads(settings.project);
  step.finish();
}

}  // namespace lambda_pack
