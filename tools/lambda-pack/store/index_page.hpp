// The files of a distribution as a package index lists them (the simple repository API). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.hpp"
#include "lock/model.hpp"
#include "store/url.hpp"

namespace lambda_pack {

// The Accept header for such a page (PEP 691).
inline constexpr std::string_view kIndexPageTypes =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

// A file that a page lists. Yanked ones (PEP 592) are listed like the others: a lock may name them.
struct IndexFile {
  std::string name;                   // decoded
  std::string href;                   // as the page has it, absolute or relative
  std::vector<FileHash> hashes;       // may be empty
  std::optional<std::uint64_t> size;  // PEP 700
};

struct IndexPage {
  Url base;  // what hrefs are relative to
  std::vector<IndexFile> files;

  // Where a listed file is. Throws Error when the page has no http, https or file URL for it.
  Url url_of(const IndexFile& file) const { return base.resolved(file.href); }
  // The listed file that a lock means: the one of that name whose hashes do not contradict the lock's, else one
  // with a hash of the lock's. Null when there is none.
  const IndexFile* find(const LockedFile& wanted) const;
  // The listed file of that name, whatever its hashes; null when there is none.
  const IndexFile* named(std::string_view name) const;
};

// Reads the page at `url` (after redirects): JSON (PEP 691, version 1.x) or HTML (PEP 503: `<base href>`,
// `#sha256=` fragments). `content_type`: lower case, without parameters; when it says neither, the text decides.
// Throws Error naming the URL when the text is neither, or is JSON of another version.
IndexPage parse_index_page(std::string_view text, std::string_view content_type, const Url& url);

}  // namespace lambda_pack
