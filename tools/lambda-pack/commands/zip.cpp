#include <cstdlib>

#include "base/error.hpp"
#include "bundle/checks.hpp"
#include "bundle/manifest.hpp"
#include "bundle/zip_file.hpp"
#include "commands/commands.hpp"
#include "commands/layer.hpp"
#include "commands/pipeline.hpp"
#include "commands/step.hpp"
#include "commands/zip_delivery.hpp"
#include "system/report.hpp"

namespace lambda_pack {

void run_zip(const Settings& settings) {
  if (is_layer(settings)) return zip_layer(settings);
  if (settings.output.empty()) throw Error("no zip is named", "--output my_lambda.zip");
  Step step(settings.work, "zip", settings.makefiles);
  const ZipTime time = ZipTime::from_source_date_epoch(std::getenv("SOURCE_DATE_EPOCH"));
  Pipeline pipeline(settings);
  const std::optional<ZipHead> head = settings.work.empty() ? std::nullopt : take_zip_head(settings.work);
  Verification verification(head ? head->verified : VerifiedFiles());
  CheckedBundle checked = pipeline.checked_bundle(&verification);
  const WrittenZip zip = write_zip(checked.bundle, settings.output, time, verification, head);
  check_zip_size(zip.size, checked.bundle, checked.warnings);
  for (const std::string& warning : checked.warnings) warn(warning);

  const std::string manifest =
      manifest_json({settings.name, settings.output.filename().string(), settings.handler, pipeline.target(),
                     LAMBDA_PACK_VERSION, checked.warnings, pipeline.layers(), checked.bytecode},
                    checked.bundle, checked.native, zip);
  deliver_zip(settings, step, zip, checked.bundle, manifest);
  step.reads(pipeline.packing_inputs());
  step.reads(pipeline.compiling_interpreter());
  step.finish();
}

void run_check(const Settings& settings) {
  if (is_layer(settings)) return check_layer(settings);
  Pipeline pipeline(settings);
  for (const std::string& warning : pipeline.checked_bundle().warnings) warn(warning);
}

}  // namespace lambda_pack
