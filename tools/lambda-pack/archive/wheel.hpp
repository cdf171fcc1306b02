// A wheel as a set of files to install (packaging.python.org "Binary distribution format").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/zip_reader.hpp"
#include "standards/wheel_name.hpp"

namespace lambda_pack {

// One file of a wheel and where it goes below the task root.
struct WheelFile {
  const ZipEntry* entry = nullptr;  // inside the wheel's ZipArchive
  ArchivePath path;                 // purelib, platlib and .data/{purelib,platlib,data} mapped to the root
};

// A wheel taken apart. Refers to its archive, which must outlive it.
struct Wheel {
  WheelName name;
  std::string dist_info;              // "PyYAML-6.0.dist-info"
  std::vector<WheelFile> files;       // sorted by path; without RECORD, headers, scripts and __pycache__
  std::vector<std::string> dropped;   // entry names that were left out (scripts, headers, __pycache__, and a
                                      // direct_url.json, which belongs to installations from a URL: PEP 610)
  std::string record;                 // RECORD for the files above: the wheel's own text when nothing moved or
                                      // was dropped, else rewritten (sorted by path)
  std::vector<std::string> warnings;  // newer minor Wheel-Version, names equal but for case, .pth lines that run

  ArchivePath record_path() const;  // "<dist_info>/RECORD"
};

// Takes `archive` apart as the wheel `file_name`. Throws Error `<label>: <rule>` when it breaks the specification:
// no or several .dist-info, one whose name or version differs from the file name's, Wheel-Version major not 1, an
// unknown .data key, two entries that map to one path, a RECORD that is missing or does not name every entry (it
// may name files that are not there).
Wheel read_wheel(const ZipArchive& archive, std::string_view file_name);

// Everything read_wheel does not look at, once, when a wheel enters the store: every entry inflated and its CRC-32
// compared, every hash and size that RECORD gives compared (it need not give them), METADATA's Name and Version
// equal to the file name's. Throws Error as read_wheel does.
void verify_wheel_contents(const ZipArchive& archive, const Wheel& wheel);

}  // namespace lambda_pack
