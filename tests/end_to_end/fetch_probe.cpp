// Fetches files into a store without the rest of the program: what the tests of downloading drive, with a patience
// that suits tests. Prints the stored paths, one a line.
//   fetch_probe REQUEST.json
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "store/downloads.hpp"
#include "system/interrupt.hpp"
#include "system/report.hpp"

namespace {

using nlohmann::json;
using namespace lambda_pack;

SourceKind source_kind(const std::string& name) {
  if (name == "url") return SourceKind::url;
  if (name == "file") return SourceKind::file;
  return SourceKind::index;
}

SelectedDistribution distribution_of(const json& request) {
  SelectedDistribution wanted;
  wanted.name = DistributionName(request.at("distribution").get<std::string>());
  wanted.version = request.value("version", "1.0");
  wanted.source.kind = source_kind(request.value("source_kind", "index"));
  wanted.source.url = request.value("source_url", "");
  wanted.source.reference = request.value("source_name", "");
  wanted.file.name = request.at("file").get<std::string>();
  wanted.file.url = request.value("url", "");
  if (request.contains("size")) wanted.file.size = request["size"].get<std::uint64_t>();
  for (const json& hash : request.at("hashes")) {
    wanted.file.hashes.push_back(FileHash::parse(hash.get<std::string>()).value());
  }
  return wanted;
}

DownloadOptions options_of(const json& request) {
  DownloadOptions options;
  for (const json& index : request.value("indexes", json::array())) {
    options.indexes.push_back({index.at("name"), index.at("url"), ""});
  }
  options.lock_folder = request.value("lock_folder", ".");
  options.python = request.value("python", "");
  options.connections = request.value("connections", options.connections);
  options.attempts = request.value("attempts", options.attempts);
  options.stall_seconds = request.value("stall_seconds", options.stall_seconds);
  options.first_pause = std::chrono::milliseconds(request.value("first_pause_ms", 500));
  options.longest_pause = std::chrono::milliseconds(request.value("longest_pause_ms", 60000));
  return options;
}

void fetch(const json& request) {
  std::vector<SelectedDistribution> wanted;
  for (const json& file : request.at("files")) wanted.push_back(distribution_of(file));
  const Store store(request.at("store").get<std::string>());
  download(wanted, store, options_of(request));
  for (const SelectedDistribution& distribution : wanted) {
    std::cout << store.find(distribution.file).value().string() << '\n';
  }
}

}  // namespace

int main(int count, char** values) {
  clean_up_when_interrupted();
  set_verbosity(Verbosity::verbose);
  try {
    if (count != 2) throw Error("fetch_probe REQUEST.json");
    std::ifstream file(values[1]);
    fetch(json::parse(file));
    return 0;
  } catch (const Error& error) {
    print_error(error);
    return 1;
  }
}
