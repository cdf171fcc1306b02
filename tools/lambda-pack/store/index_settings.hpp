// Which package indexes the user's own installer uses, so that this program needs no address of its own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

// An index as a user names it: a URL or a folder, and perhaps a name.
struct NamedIndex {
  std::string location;
  std::string name;
  bool operator==(const NamedIndex&) const = default;
};

// The places an installer looks at, in the order to try them.
struct IndexSettings {
  std::vector<NamedIndex> indexes;      // simple APIs (PEP 503, PEP 691)
  std::vector<std::string> find_links;  // folders, or pages of links
  bool has_default = false;             // the first index is the default one: no other default is in force
  bool no_index = false;                // only find_links count
};

// What the environment names: UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL (the first of them that is set is the
// default index); UV_INDEX, UV_EXTRA_INDEX_URL, PIP_EXTRA_INDEX_URL, UV_FIND_LINKS, PIP_FIND_LINKS; UV_NO_INDEX,
// PIP_NO_INDEX.
IndexSettings environment_indexes();

// What the user's installer says when it is asked (its configuration files merged): uv when it is on the PATH,
// else `python`'s pip, else pip's built-in default out of its help text. Runs a program (0.15 s), so ask once.
// `folder`: the project's, whose configuration counts. Throws Error when there is no installer or it does not say.
IndexSettings installer_indexes(const std::string& python, const std::filesystem::path& folder);

// Pieces of installer_indexes, apart for tests.
// The options in what `uv pip compile --emit-index-url --emit-find-links` prints.
IndexSettings parse_requirements_options(std::string_view text);
// What `pip config list` prints: `global.index-url='…'` with Python's quoting; install's own section before
// global's.
IndexSettings parse_pip_configuration(std::string_view text);
// The default in the help text for --index-url; nothing when there is none.
std::optional<std::string> parse_pip_help(std::string_view text);

}  // namespace lambda_pack
