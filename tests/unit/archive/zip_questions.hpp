// Honest entries to begin with, and what the reader says of zips made from them.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "archive/zip_reader.hpp"
#include "refusals.hpp"
#include "zip_builder.hpp"

namespace lambda_pack::testing {

inline constexpr std::string_view kLabel = "x-1-py3-none-any.whl";

// What is said of these bytes, without the label.
inline std::string said_of(const std::string& bytes) {
  std::string text = refusal_of([&] { ZipArchive::parse(bytes_of(bytes), std::string(kLabel)); });
  const std::string prefix = std::string(kLabel) + ": ";
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

inline std::string said_of(const RawZip& zip) { return said_of(zip.bytes()); }
inline std::string said_of(const RawEntry& entry) { return said_of(zip_of({entry})); }

inline RawEntry text_file(std::string name = "a.py") { return {std::move(name), "print('hello')\n"}; }
inline RawEntry deflated_file(std::string name = "a.py") { return {std::move(name), std::string(1000, 'x'), true}; }
inline RawEntry folder(std::string name) {
  RawEntry entry(std::move(name), "");
  entry.mode = 0040755;
  return entry;
}

}  // namespace lambda_pack::testing
