#include "commands/head_start.hpp"

#include <exception>

#include "bundle/zip_head.hpp"
#include "commands/heavy.hpp"
#include "commands/pipeline.hpp"
#include "system/report.hpp"

namespace lambda_pack {

void write_head_ahead(const Settings& settings, const std::function<bool()>& enough) {
  try {
    if (is_zip_head_waiting(settings.work)) return drop_zip_head(settings.work);
    Pipeline(settings).write_head(enough);
  } catch (const NeedsFullProgram&) {  // which the step that packs becomes when it must
  } catch (const std::exception& error) {
    explain(error.what());  // the step that packs meets it again
  }
}

HeadStart::HeadStart(const Settings& settings) : settings_(settings) {
  if (settings_.work.empty()) return;
  written_ = std::async(std::launch::async, [this] { write_head_ahead(settings_, [this] { return enough_.load(); }); });
}

HeadStart::~HeadStart() {
  if (!written_.valid()) return;
  keep();
  forget_zip_head(settings_.work);
}

void HeadStart::keep() {
  enough_ = true;
  if (written_.valid()) written_.get();
}

}  // namespace lambda_pack
