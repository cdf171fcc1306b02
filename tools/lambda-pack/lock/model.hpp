// What every lock format is read into. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "standards/distribution_name.hpp"
#include "standards/marker.hpp"
#include "standards/version.hpp"

namespace lambda_pack {

// Where a distribution's files come from.
enum class SourceKind { index, url, file, directory, git };

struct Source {
  SourceKind kind = SourceKind::index;
  // index: the simple API's address, or empty for the index of the user's own installer; url: the file's address;
  // file, directory: a path relative to the lock's folder; git: the repository's address, or a path relative to
  // the lock's folder.
  std::string url;
  std::string reference;           // index: the name it has in pyproject.toml; git: branch, tag or revision asked for
  std::string resolved_reference;  // git: the locked commit, whole once selected
  std::string subdirectory;        // git, url: where the project is below the source
  bool editable = false;           // directory: on this machine to be installed as a link to it; packages have copies

  bool operator==(const Source&) const = default;
};

// One file that the lock allows for a distribution.
struct LockedFile {
  std::string name;              // "PyYAML-6.0-cp39-cp39-manylinux_2_5_x86_64.manylinux1_x86_64.whl"
  std::vector<FileHash> hashes;  // any one of them must match; never empty once selected from an index or url
  std::string url;               // absolute, where the lock gives one; else empty
  std::optional<std::uint64_t> size;

  bool operator==(const LockedFile&) const = default;
};

// A distribution as a lock has it, whatever the lock's format.
struct LockedDistribution {
  DistributionName name;
  std::string version;  // as the lock spells it; may be empty for what is built where it lies
  Version parsed_version;
  Source source;
  std::vector<LockedFile> files;

  std::string str() const { return version.empty() ? name.str() : name.str() + " " + version; }
};

// A lock's name for messages, and how its own tool makes it anew.
struct LockLabel {
  std::string file;
  std::string remake;  // "`poetry lock` makes it anew"
};

}  // namespace lambda_pack
