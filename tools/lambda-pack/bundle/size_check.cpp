#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/checks.hpp"
#include "runtime/limits.hpp"

namespace lambda_pack {

void check_unzipped_size(const Bundle& bundle) {
  const std::uint64_t size = bundle.unzipped_size();
  if (size < kUnzippedLimit) return;
  std::map<std::string, std::uint64_t> sizes;
  for (const BundleFile& file : bundle.files()) sizes[file.source->label] += file.part.size;
  std::vector<std::pair<std::string, std::uint64_t>> largest(sizes.begin(), sizes.end());
  std::stable_sort(largest.begin(), largest.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (largest.size() > 10) largest.resize(10);
  std::vector<std::string> lines;
  for (const auto& [label, bytes] : largest) lines.push_back(label + " " + human_bytes(bytes));
  throw Error("the package unzips to " + std::to_string(size) + " bytes; Lambda takes less than " +
                  std::to_string(kUnzippedLimit) + ". Largest: " + join(lines),
              "leave out what the function does not use: EXCLUDE \"**/tests\", PROVIDED boto3, fewer GROUPS or EXTRAS");
}

void check_zip_size(std::uint64_t size, std::vector<std::string>& warnings) {
  if (size <= kDirectUploadLimit) return;
  warnings.push_back("the zip has " + human_bytes(size) + "; above " + human_bytes(kDirectUploadLimit) +
                     " it must be uploaded through S3");
}

}  // namespace lambda_pack
