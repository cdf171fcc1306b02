#include "lock/selection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "lock/table.hpp"

namespace lambda_pack {
namespace {

// Of the file's form, raised when an older reader could not understand it.
constexpr int kFormat = 1;

constexpr std::array<std::pair<SourceKind, const char*>, 5> kSourceKinds = {{{SourceKind::index, "index"},
                                                                             {SourceKind::url, "url"},
                                                                             {SourceKind::file, "file"},
                                                                             {SourceKind::directory, "directory"},
                                                                             {SourceKind::git, "git"}}};

// Keys that hold nothing are left out.
void put(nlohmann::ordered_json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

nlohmann::ordered_json to_json_value(const Source& source) {
  nlohmann::ordered_json object;
  const auto kind = std::find_if(kSourceKinds.begin(), kSourceKinds.end(),
                                 [&source](const auto& known) { return known.first == source.kind; });
  object["kind"] = kind->second;
  put(object, "url", source.url);
  put(object, "reference", source.reference);
  put(object, "resolved_reference", source.resolved_reference);
  put(object, "subdirectory", source.subdirectory);
  return object;
}

nlohmann::ordered_json to_json_value(const LockedFile& file) {
  nlohmann::ordered_json object;
  object["name"] = file.name;
  object["hashes"] = nlohmann::ordered_json::array();
  for (const auto& hash : file.hashes) object["hashes"].push_back(hash.str());
  put(object, "url", file.url);
  if (file.size) object["size"] = *file.size;
  return object;
}

nlohmann::ordered_json to_json_value(const SelectedDistribution& distribution) {
  nlohmann::ordered_json object;
  object["name"] = distribution.name.str();
  object["version"] = distribution.version;
  object["source"] = to_json_value(distribution.source);
  object["file"] = to_json_value(distribution.file);
  if (distribution.build) object["build"] = true;
  return object;
}

Source read_source(const Table& table) {
  const auto name = table.required_text("kind");
  const auto kind = std::find_if(kSourceKinds.begin(), kSourceKinds.end(),
                                 [&name](const auto& known) { return name == known.second; });
  if (kind == kSourceKinds.end()) throw Error(table.place("kind") + " is unknown");
  return {kind->first, table.text("url").value_or(""), table.text("reference").value_or(""),
          table.text("resolved_reference").value_or(""), table.text("subdirectory").value_or("")};
}

std::optional<std::uint64_t> read_size(const Table& table) {
  const auto* value = table.find("size");
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_unsigned()) throw Error(table.place("size") + " must be a number");
  return value->get<std::uint64_t>();
}

LockedFile read_file(const Table& table) {
  LockedFile file{table.required_text("name"), {}, table.text("url").value_or(""), read_size(table)};
  for (const auto& text : table.texts("hashes")) {
    const auto hash = FileHash::parse(text);
    if (!hash) throw Error(table.place("hashes") + " must be like sha256:...");
    file.hashes.push_back(*hash);
  }
  return file;
}

Table required_table(const Table& table, const char* key) {
  if (const auto found = table.table(key)) return *found;
  throw Error(table.place(key) + " is missing");
}

SelectedDistribution read_distribution(const Table& table) {
  return {DistributionName(table.required_text("name")), table.required_text("version"),
          read_source(required_table(table, "source")), read_file(required_table(table, "file")),
          table.flag("build", false)};
}

Selection read_selection(const Table& root) {
  const auto* format = root.find("format");
  if (format == nullptr || !format->is_number_integer() || format->get<int>() != kFormat) {
    throw Error(root.place("format") + " is not " + std::to_string(kFormat));
  }
  Selection selection;
  selection.runtime = root.required_text("runtime");
  selection.architecture = root.required_text("architecture");
  for (const auto& table : root.tables("distributions")) selection.distributions.push_back(read_distribution(table));
  selection.warnings = root.texts("warnings");
  return selection;
}

}  // namespace

std::string to_json(const Selection& selection) {
  nlohmann::ordered_json object;
  object["format"] = kFormat;
  object["runtime"] = selection.runtime;
  object["architecture"] = selection.architecture;
  object["distributions"] = nlohmann::ordered_json::array();
  for (const auto& distribution : selection.distributions) {
    object["distributions"].push_back(to_json_value(distribution));
  }
  object["warnings"] = selection.warnings;
  return object.dump(2) + "\n";
}

Selection selection_from_json(std::string_view json, std::string_view file) {
  constexpr bool allow_exceptions = false;
  const auto document = nlohmann::json::parse(json, nullptr, allow_exceptions);
  const char* hint = "remove the file and run the export step again";
  if (!document.is_object()) throw Error(std::string(file) + " is no selection: not a JSON object", hint);
  try {
    return read_selection(Table::root(document, file));
  } catch (const Error& error) {
    throw Error(error.what(), hint);
  }
}

}  // namespace lambda_pack
