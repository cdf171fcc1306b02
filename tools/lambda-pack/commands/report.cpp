#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

// `text` as a shell reads it back.
std::string shell_word(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=@%+,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string create_function_command(const Json& manifest, const fs::path& zip) {
  const std::string name = manifest.at("name");
  return fmt::format(
      "aws lambda create-function --function-name {} --runtime {} --architectures {} --handler {} \\\n"
      "  --zip-file {} --role <ARN of the execution role>",
      shell_word(name), manifest.at("runtime").get<std::string>(),
      manifest.at("architectures").at(0).get<std::string>(), shell_word(manifest.at("handler")),
      shell_word("fileb://" + zip.string()));
}

std::string publish_layer_command(const Json& manifest, const fs::path& zip) {
  return fmt::format(
      "aws lambda publish-layer-version --layer-name {} --compatible-runtimes {} \\\n"
      "  --compatible-architectures {} --zip-file {}",
      shell_word(manifest.at("layer_name")), join(manifest.at("runtimes"), " "),
      join(manifest.at("architectures"), " "), shell_word("fileb://" + zip.string()));
}

// One line for each layer, with what it adds to the unzipped size.
std::string layers_text(const Json& layers) {
  std::string text;
  for (const Json& layer : layers) {
    text += fmt::format("layer       {} ({})\n", layer.value("arn", layer.value("name", "")),
                        human_bytes(layer.at("unzipped_size")));
  }
  return text;
}

std::string bytecode_text(const Json& bytecode) {
  if (bytecode.at("compiler").is_null()) {
    return fmt::format("bytecode    none: {}\n\n", bytecode.at("left_out").get<std::string>());
  }
  return fmt::format("bytecode    {} files by {}: {} unzipped, {} zipped\n\n", bytecode.at("files").get<std::size_t>(),
                     bytecode.at("compiler").get<std::string>(), human_bytes(bytecode.at("size")),
                     human_bytes(bytecode.at("zipped_size")));
}

std::string report_text(const Json& manifest, const fs::path& zip) {
  const bool is_layer = manifest.at("kind") == "layer";
  const std::uint64_t unzipped = manifest.at(is_layer ? "unzipped_size" : "total_unzipped_size");
  const std::uint64_t limit = manifest.at("unzipped_limit");
  const std::string runtimes = is_layer ? join(manifest.at("runtimes")) : manifest.at("runtime").get<std::string>();
  std::string text =
      fmt::format("{}\n{}, {} files, for {} on {}\n\n", zip.string(), human_bytes(manifest.at("size")),
                  manifest.at("entries").get<std::uint64_t>(), runtimes, join(manifest.at("architectures")));
  std::size_t width = 12;
  for (const Json& one : manifest.at("distributions")) {
    width = std::max(width, one.at("name").get<std::string>().size());
  }
  text += fmt::format("{:<{}}  {:<14} {:>10} {:>10}\n", "distribution", width, "version", "unzipped", "zipped");
  for (const Json& one : manifest.at("distributions")) {
    text += fmt::format("{:<{}}  {:<14} {:>10} {:>10}\n", one.at("name").get<std::string>(), width,
                        one.at("version").get<std::string>(), human_bytes(one.at("size")),
                        human_bytes(one.at("zipped_size")));
  }
  text += "\n" + (is_layer ? "" : layers_text(manifest.at("layers")));
  text += fmt::format("unzipped    {} of {} bytes ({:.1f} %)\nCodeSha256  {}\n", unzipped, limit,
                      100.0 * static_cast<double>(unzipped) / static_cast<double>(limit),
                      manifest.at("code_sha256").get<std::string>());
  text += is_layer ? "\n" : bytecode_text(manifest.at("bytecode"));
  for (const Json& warning : manifest.at("warnings")) text += "warning: " + warning.get<std::string>() + "\n";
  return text + (is_layer ? publish_layer_command(manifest, zip) : create_function_command(manifest, zip)) + "\n";
}

}  // namespace

void run_report(const Settings& settings) {
  const fs::path file = settings.manifest.empty() ? fs::path(settings.output.string() + ".json") : settings.manifest;
  if (settings.manifest.empty() && settings.output.empty()) {
    throw Error("no manifest is named", "--manifest my_lambda.zip.json");
  }
  const std::optional<std::string> text = read_file_if_there(file);
  if (!text) throw Error("there is no manifest " + file.string(), "build the zip first; its manifest is beside it");
  if (settings.json) {
    std::fwrite(text->data(), 1, text->size(), stdout);
    return;
  }
  try {
    const Json manifest = Json::parse(*text);
    const fs::path zip = file.parent_path() / manifest.at("zip").get<std::string>();
    const std::string report = report_text(manifest, zip);
    std::fwrite(report.data(), 1, report.size(), stdout);
  } catch (const Json::exception&) {
    throw Error(file.string() + " is no manifest of lambda-pack", "it is written beside the zip: my_lambda.zip.json");
  }
}

}  // namespace lambda_pack
