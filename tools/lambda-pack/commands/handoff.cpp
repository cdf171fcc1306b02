#include "deploy/handoff.hpp"

#include <cstdio>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/deployed_function.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// The files of one format, or of all; a single one takes the name of an --output that is a file.
std::vector<HandoffFile> wanted_files(const Settings& settings, const HandoffRequest& request) {
  const bool is_file = settings.output.extension() == ".json";
  const fs::path folder = is_file ? settings.output.parent_path() : settings.output;
  std::vector<std::string> formats{settings.format};
  if (settings.format.empty()) formats = {"terraform", "sam", "cloudformation", "cdk", "aws-cli"};
  std::vector<HandoffFile> files;
  for (const std::string& format : formats) {
    for (HandoffFile& file : handoff_files(request, handoff_format_named(format), folder)) {
      files.push_back(std::move(file));
    }
  }
  if (!is_file) return files;
  if (files.size() > 1) {
    throw Error("--output is one file, " + settings.output.string() + ", but there are " +
                    std::to_string(files.size()) + " to write",
                "--output FOLDER, or a --format that is one file");
  }
  files.front().path = settings.output;
  return files;
}

}  // namespace

void run_handoff(const Settings& settings) {
  if (settings.manifest.empty()) throw Error("no manifest is named", "--manifest my_lambda.zip.json");
  if (settings.output.empty()) throw Error("no file or folder is named", "--output infrastructure/my_lambda.tf.json");
  HandoffRequest request;
  request.function = described_function(settings, settings.manifest, request.late_variables);
  for (const HandoffFile& file : wanted_files(settings, request)) {
    write_if_different(file.path, file.content);
    std::fputs((file.path.string() + "\n").c_str(), stdout);
  }
  const bool has_bodies = settings.format.empty() || settings.format == "aws-cli";
  if (has_bodies && !request.late_variables.empty()) {
    warn("the AWS CLI's files lack " + join(request.late_variables) + ", whose values come with the deployment");
  }
}

}  // namespace lambda_pack
