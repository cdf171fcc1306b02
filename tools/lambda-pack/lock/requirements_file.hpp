// Requirements files with hashes, as pip-compile, `uv pip compile` and `poetry export` write them. Pure: what such a
// file refers to is read through LockSurroundings.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lock/model.hpp"
#include "lock/select.hpp"
#include "standards/requirement.hpp"

namespace lambda_pack {

// One requirement of a file, or what a constraints file says about one.
struct RequirementLine {
  Requirement requirement;
  Source source;  // index, or the url or file that the line names
  std::vector<FileHash> hashes;
  std::string place;  // "requirements.txt:12"
};

struct RequirementsFile {
  std::vector<RequirementLine> requirements;
  std::multimap<DistributionName, RequirementLine> constraints;
  std::vector<std::string> indexes;  // addresses: --index-url, then every --extra-index-url
  std::vector<std::string> find_links;
};

// Reads the file and, in their places, the files that `-r` and `-c` name (pip's "Requirements File Format"):
// continuation lines, comments, `${VARIABLE}`, per-requirement and global options. A line for the project itself
// (`-e .`) is passed over. Throws Error with file and line for an unknown option, a malformed requirement or hash, a
// place that does not say which distribution it is, and a file that is not there.
RequirementsFile read_requirements_file(const NamedText& text, const LockSurroundings& around);

}  // namespace lambda_pack
