// What a zip's manifest says about it, as far as a deployment wants to know.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lambda_pack {

struct CodePackage {
  std::string name;           // the package's
  std::filesystem::path zip;  // absolute
  std::uint64_t size = 0;     // of the zip, in bytes
  std::string sha256;         // hexadecimal
  std::string code_sha256;    // the same in base64: Lambda's CodeSha256
  std::string s3_key;         // changes exactly when the code does
  std::string runtime, architecture, handler;
};

// Reads the manifest; the zip is the file of that name beside it. Throws Error when there is none, or it is not one.
CodePackage read_code_package(const std::filesystem::path& manifest);

// Throws Error when the zip is missing or is not the one that the manifest describes.
void require_zip_as_described(const CodePackage& code);

}  // namespace lambda_pack
