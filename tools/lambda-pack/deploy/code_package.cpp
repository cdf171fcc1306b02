#include "deploy/code_package.hpp"

#include <optional>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;

CodePackage read_code_package(const fs::path& manifest) {
  const std::optional<std::string> text = read_file_if_there(manifest);
  if (!text) throw Error("there is no manifest " + manifest.string(), "build the zip first; its manifest is beside it");
  try {
    const nlohmann::json json = nlohmann::json::parse(*text);
    CodePackage code;
    code.name = json.at("name");
    code.zip = manifest.parent_path() / json.at("zip").get<std::string>();
    code.size = json.at("size");
    code.sha256 = json.at("sha256");
    code.code_sha256 = json.at("code_sha256");
    code.s3_key = json.at("s3_key");
    code.runtime = json.at("runtime");
    code.architecture = json.at("architectures").at(0);
    code.handler = json.at("handler");
    return code;
  } catch (const nlohmann::json::exception&) {
    throw Error(manifest.string() + " is no manifest of a function",
                "lambda-pack zip writes it beside the zip: my_lambda.zip.json");
  }
}

void require_zip_as_described(const CodePackage& code) {
  if (sha256_of_file(code.zip).hex() == code.sha256) return;
  throw Error(code.zip.string() + " is not the zip that its manifest describes", "build the zip again");
}

}  // namespace lambda_pack
