#include "commands/zip_delivery.hpp"

#include <cstdio>

#include "base/text.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {

void deliver_zip(const Settings& settings, Step& step, const WrittenZip& zip, const Bundle& bundle,
                 const std::string& manifest) {
  const std::filesystem::path file = settings.output.string() + ".json";
  step.made(file, write_if_different(file, manifest));
  step.made(settings.output, zip.changed);
  if (settings.json) std::fwrite(manifest.data(), 1, manifest.size(), stdout);
  if (settings.work.empty()) {
    say(settings.output.string() + ": " + human_bytes(zip.size) + ", unzipped " + human_bytes(bundle.unzipped_size()) +
        (zip.changed ? "" : ", unchanged"));
  }
}

}  // namespace lambda_pack
