#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/checks.hpp"
#include "runtime/limits.hpp"

namespace lambda_pack {
namespace {

using Sizes = std::vector<std::pair<const BundleSource*, std::uint64_t>>;
using SizeOf = std::uint64_t (*)(const BundleFile&);

std::uint64_t unzipped(const BundleFile& file) { return file.part.size; }
std::uint64_t zipped(const BundleFile& file) { return file.part.data.size(); }

// What each source brings, the largest first.
Sizes sizes_of(const Bundle& bundle, SizeOf size) {
  std::map<const BundleSource*, std::uint64_t> sizes;
  for (const BundleFile& file : bundle.files()) sizes[file.source] += size(file);
  Sizes largest;
  for (const BundleSource& source : bundle.sources()) largest.emplace_back(&source, sizes[&source]);
  std::stable_sort(largest.begin(), largest.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return largest;
}

std::string ten_largest(const Sizes& sizes) {
  std::vector<std::string> lines;
  for (const auto& [source, bytes] : sizes) {
    if (lines.size() == 10) break;
    lines.push_back(source->label + " " + human_bytes(bytes));
  }
  return join(lines);
}

// The fewest distributions that must go so that `size` comes below `limit`; what is left of it becomes `rest`. None
// where even all of them are not enough.
std::vector<std::string> to_be_moved(const Sizes& sizes, std::uint64_t size, std::uint64_t limit, std::uint64_t& rest) {
  std::vector<std::string> names;
  rest = size;
  for (const auto& [source, bytes] : sizes) {
    if (rest < limit) break;
    if (!source->wheel || source->is_project) continue;
    names.push_back(source->wheel->name.name.str());
    rest -= bytes;
  }
  return rest < limit ? names : std::vector<std::string>{};
}

std::string layers_text(const Layers& layers) {
  std::vector<std::string> texts;
  for (const Layer& layer : layers.own) texts.push_back(layer.name + " " + human_bytes(layer.unzipped_size));
  for (const ExternalLayer& layer : layers.external)
    texts.push_back(layer.arn + " " + human_bytes(layer.unzipped_size));
  return join(texts);
}

std::string less_than_limit() { return "; Lambda takes less than " + std::to_string(kUnzippedLimit) + ". Largest: "; }

}  // namespace

void check_unzipped_size(const Bundle& bundle, const Layers& layers) {
  const std::uint64_t size = bundle.unzipped_size(), total = size + layers.unzipped_size();
  if (total < kUnzippedLimit) return;
  std::string text = "the package unzips to " + std::to_string(size) + " bytes";
  if (total != size) text += ", with its layers (" + layers_text(layers) + ") to " + std::to_string(total);
  std::string hint =
      "leave out what the function does not use: EXCLUDE \"**/tests\", PROVIDED boto3, fewer GROUPS or EXTRAS";
  const Sizes sizes = sizes_of(bundle, unzipped);
  std::uint64_t rest = 0;
  const std::vector<std::string> moved = to_be_moved(sizes, total, kUnzippedLimit, rest);
  if (!moved.empty()) {
    hint += "\nor split it: without " + join(moved) + " it has " + human_bytes(rest) +
            ", and a second function, with a "
            "lock of its own, does what needs " +
            (moved.size() == 1 ? "it" : "them");
  }
  throw Error(text + less_than_limit() + ten_largest(sizes), hint + "\na layer does not help: it counts as well");
}

void check_unzipped_layer_size(const Bundle& bundle) {
  const std::uint64_t size = bundle.unzipped_size();
  if (size < kUnzippedLimit) return;
  throw Error(
      "the layer unzips to " + std::to_string(size) + " bytes" + less_than_limit() +
          ten_largest(sizes_of(bundle, unzipped)),
      "leave something out: DISTRIBUTIONS, EXCLUDE \"**/tests\"\n"
      "distributions with machine code are there once for each of several RUNTIMES: a layer for each has them once");
}

void check_zip_size(std::uint64_t size, const Bundle& bundle, std::vector<std::string>& warnings) {
  check_layer_zip_size(size, warnings);
  std::uint64_t rest = 0;
  const std::vector<std::string> moved = to_be_moved(sizes_of(bundle, zipped), size, kDirectUploadLimit, rest);
  if (size <= kDirectUploadLimit || moved.empty()) return;
  warnings.back() += ", or be split: lambda_python_layer(… DISTRIBUTIONS " + join(moved, " ") + ") and LAYERS leave " +
                     human_bytes(rest) + " to upload when the code changes";
}

void check_layer_zip_size(std::uint64_t size, std::vector<std::string>& warnings) {
  if (size <= kDirectUploadLimit) return;
  warnings.push_back("the zip has " + human_bytes(size) + "; above " + human_bytes(kDirectUploadLimit) +
                     " it must be uploaded through S3");
}

std::string bytecode_excess(const Bundle& bundle, std::uint64_t layers) {
  struct Sizes {
    std::uint64_t unzipped = 0, zipped = 0, files = 0;
    void add(const ZipPart& part) {
      unzipped += part.size;
      zipped += zip_size_of(part);
      ++files;
    }
  } with{layers}, without{layers};
  for (const BundleFile& file : bundle.files()) {
    with.add(file.part);
    if (!file.is_bytecode) without.add(file.part);
  }
  if (with.unzipped >= kUnzippedLimit && without.unzipped < kUnzippedLimit) {
    return "with it the package would unzip to " + std::to_string(with.unzipped - layers) + " bytes" +
           (layers > 0 ? ", with its layers to " + std::to_string(with.unzipped) : "") + "; Lambda takes less than " +
           std::to_string(kUnzippedLimit);
  }
  if (with.zipped > kDirectUploadLimit && without.zipped <= kDirectUploadLimit) {
    return "with it the zip would have " + human_bytes(with.zipped) + "; above " + human_bytes(kDirectUploadLimit) +
           " it must be uploaded through S3";
  }
  if (with.files > kMostZipEntries && without.files <= kMostZipEntries) {
    return "with it the zip would have " + std::to_string(with.files) + " files, more than a zip can have";
  }
  return {};
}

}  // namespace lambda_pack
