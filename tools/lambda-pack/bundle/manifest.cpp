#include "bundle/manifest.hpp"

#include <nlohmann/json.hpp>

#include "archive/deflate.hpp"
#include "bundle/import_roots.hpp"
#include "bundle/layer_layout.hpp"
#include "bundle/metadata.hpp"
#include "runtime/limits.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::ordered_json;

struct Sizes {
  std::uint64_t unzipped = 0, zipped = 0;
};

std::string license_of(const Bundle& bundle, const BundleSource& source) {
  const BundleFile* metadata = bundle.find(source.prefix + source.wheel->dist_info + "/METADATA");
  return metadata == nullptr ? "" : declared_license(bundle.content(*metadata));
}

// The name of a wheel, or that of the package for a project that has none.
Json named(const BundleSource& source, const std::string& package) {
  if (!source.wheel) return {{"name", package}, {"version", ""}, {"tag", ""}};
  const WheelName& name = source.wheel->name;
  const std::string stem = name.file_name.substr(0, name.file_name.rfind('.'));
  std::size_t dash = stem.size();  // the tag set is what follows the third dash from the end
  for (int i = 0; i < 3; ++i) dash = stem.rfind('-', dash - 1);
  return {{"name", name.name.str()}, {"version", name.version.str()}, {"tag", stem.substr(dash + 1)}};
}

Json distributions_json(const Bundle& bundle, const std::string& package) {
  std::map<const BundleSource*, Sizes> sizes;
  for (const BundleFile& file : bundle.files()) {
    if (file.is_bytecode) continue;
    sizes[file.source].unzipped += file.part.size;
    sizes[file.source].zipped += file.part.data.size();
  }
  Json list = Json::array();
  for (const BundleSource& source : bundle.sources()) {
    if (!source.wheel && !source.is_project) continue;
    Json row = named(source, package);
    row["project"] = source.is_project;
    row["size"] = sizes[&source].unzipped;
    row["zipped_size"] = sizes[&source].zipped;
    row["license"] = source.wheel ? license_of(bundle, source) : "";
    list.push_back(std::move(row));
  }
  return list;
}

Json bytecode_json(const Bundle& bundle, const BytecodeSummary& summary) {
  Sizes sizes;
  std::size_t files = 0;
  for (const BundleFile& file : bundle.files()) {
    if (!file.is_bytecode) continue;
    sizes.unzipped += file.part.size;
    sizes.zipped += file.part.data.size();
    ++files;
  }
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  return {{"files", files},
          {"size", sizes.unzipped},
          {"zipped_size", sizes.zipped},
          {"compiler", text_or_null(summary.compiler)},
          {"left_out", text_or_null(summary.left_out)}};
}

Json native_json(const std::vector<NativeFile>& native) {
  Json list = Json::array();
  for (const NativeFile& one : native) {
    Json entry = {{"path", one.file->part.path->str()}, {"machine", one.elf.machine}};
    entry["machine"] = one.elf.machine == elf_machine(Architecture::x86_64)  ? Json("x86_64")
                       : one.elf.machine == elf_machine(Architecture::arm64) ? Json("arm64")
                                                                             : Json(one.elf.machine);
    entry["glibc"] = one.elf.glibc_minor < 0 ? Json(nullptr) : Json("2." + std::to_string(one.elf.glibc_minor));
    entry["glibcxx"] = one.elf.glibcxx_patch < 0 ? Json(nullptr) : Json("3.4." + std::to_string(one.elf.glibcxx_patch));
    list.push_back(std::move(entry));
  }
  return list;
}

// In the order in which they are attached.
Json layers_json(const Layers& layers) {
  Json list = Json::array();
  for (const Layer& layer : layers.own) {
    list.push_back({{"name", layer.name},
                    {"layer_name", layer.layer_name},
                    {"zip", layer.zip},
                    {"size", layer.size},
                    {"unzipped_size", layer.unzipped_size},
                    {"sha256", layer.sha256},
                    {"code_sha256", layer.code_sha256}});
  }
  for (const ExternalLayer& layer : layers.external) {
    list.push_back({{"arn", layer.arn}, {"unzipped_size", layer.unzipped_size}});
  }
  return list;
}

// A name that is no UTF-8 cannot be in a bundle; metadata may hold anything.
std::string text_of(const Json& manifest) {
  return manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// The runtimes that look into the folder.
std::vector<std::string> runtimes_of(const std::string& folder, const std::vector<std::string>& runtimes) {
  if (folder == kLayerFolder) return runtimes;
  std::vector<std::string> found;
  for (const std::string& runtime : runtimes) {
    if (layer_folder_of(runtime) == folder) found.push_back(runtime);
  }
  return found;
}

}  // namespace

std::string manifest_json(const ManifestRequest& request, const Bundle& bundle, const std::vector<NativeFile>& native,
                          const WrittenZip& zip) {
  const std::uint64_t unzipped = bundle.unzipped_size();
  Json manifest = {
      {"schema", 1},
      {"kind", "function"},
      {"name", request.name},
      {"zip", request.zip_name},
      {"size", zip.size},
      {"unzipped_size", unzipped},
      {"entries", bundle.files().size()},
      {"sha256", zip.digest.hex()},
      {"code_sha256", zip.digest.base64()},
      {"s3_key", request.name + "/" + zip.digest.hex() + ".zip"},
      {"runtime", request.target.runtime->id},
      {"architectures", Json::array({lambda_name(request.target.architecture)})},
      {"handler", request.handler},
      {"layers", layers_json(request.layers)},
      {"total_unzipped_size", unzipped + request.layers.unzipped_size()},
      {"unzipped_limit", kUnzippedLimit},
      {"native_files", native_json(native)},
      {"distributions", distributions_json(bundle, request.name)},
      {"bytecode", bytecode_json(bundle, request.bytecode)},
      {"tool", "lambda-pack " + request.tool_version},
      {"compressor", compressor_name()},
      {"warnings", request.warnings},
  };
  return text_of(manifest);
}

std::string layer_manifest_json(const LayerManifestRequest& request, const Bundle& bundle,
                                const std::vector<NativeFile>& native, const WrittenZip& zip) {
  Json distributions = distributions_json(bundle, request.name);
  std::size_t row = 0;
  for (const BundleSource& source : bundle.sources()) {
    if (!source.wheel) continue;
    distributions[row].erase("project");
    distributions[row++]["runtimes"] = runtimes_of(source.prefix, request.runtimes);
  }
  std::vector<std::string> folders{std::string(kLayerFolder)};
  for (const std::string& runtime : request.runtimes) folders.push_back(layer_folder_of(runtime));
  return text_of({
      {"schema", 1},
      {"kind", "layer"},
      {"name", request.name},
      {"layer_name", request.layer_name},
      {"zip", request.zip_name},
      {"size", zip.size},
      {"unzipped_size", bundle.unzipped_size()},
      {"entries", bundle.files().size()},
      {"sha256", zip.digest.hex()},
      {"code_sha256", zip.digest.base64()},
      {"s3_key", request.name + "/" + zip.digest.hex() + ".zip"},
      {"runtimes", request.runtimes},
      {"architectures", request.architectures},
      {"unzipped_limit", kUnzippedLimit},
      {"packages", import_roots(bundle, folders)},
      {"native_files", native_json(native)},
      {"distributions", distributions},
      {"tool", "lambda-pack " + request.tool_version},
      {"compressor", compressor_name()},
      {"warnings", request.warnings},
  });
}

}  // namespace lambda_pack
