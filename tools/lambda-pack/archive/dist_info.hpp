// The metadata folder of a wheel (packaging.python.org "Binary distribution format", "The .dist-info directory").
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "archive/record.hpp"
#include "archive/zip_reader.hpp"
#include "standards/wheel_name.hpp"

namespace lambda_pack {

// Whether `stem`, the part before `.dist-info` or `.data`, spells the wheel's name and version. Builders of all
// ages differ in case, separators and how they escape the version, so both are compared normalised, as pip and uv
// do.
bool names_the_wheel(std::string_view stem, const WheelName& name);

// The name of the one `.dist-info` folder; Error when there is none, several, or one of another distribution or
// version.
std::string find_dist_info(const ZipArchive& archive, const WheelName& name);

// The content of a file that the folder must have; Error when it has not.
std::string dist_info_file(const ZipArchive& archive, std::string_view dist_info, std::string_view file);

// RECORD, read; Error when it is missing, no CSV, or does not name every file of the archive.
std::unique_ptr<const Record> read_record(const ZipArchive& archive, std::string_view dist_info);

// Checks WHEEL's Wheel-Version; returns a warning for a minor version newer than 1.0, else nothing. Error when
// there is none or its major is not 1 (the specification asks installers for both).
std::string check_wheel_version(const ZipArchive& archive, std::string_view dist_info);

// Checks that METADATA names the same distribution and version as the file name.
void check_metadata(const ZipArchive& archive, std::string_view dist_info, const WheelName& name);

}  // namespace lambda_pack
