// A URL taken apart (RFC 3986), through libcurl's parser. Pure.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

// An absolute http, https or file URL. Path, query and fragment stay percent-encoded, exactly as they were written
// (`%2B` is not `+` for every server).
struct Url {
  std::string scheme;    // lower case
  std::string user;      // decoded; empty without userinfo
  std::string password;  // decoded
  std::string host;      // lower case; empty for file
  std::string port;      // never empty for http and https
  std::string path;      // begins with `/`
  std::string query;     // without `?`
  std::string fragment;  // without `#`

  // Spaces, control characters and bytes beyond ASCII, which pages in the wild hold, are encoded first. Throws
  // Error that shows the URL (without userinfo) when it is none, is relative or has another scheme.
  static Url parse(std::string_view text);
  // What `reference` (absolute or relative) means on the page with this URL; throws as parse does. Userinfo is not
  // handed on.
  Url resolved(std::string_view reference) const;

  std::string request() const;               // to be sent: without userinfo and fragment
  std::string shown() const;                 // to be printed: without userinfo, query and fragment
  std::string origin() const;                // `scheme://host:port`: the border that credentials never cross
  std::string file_name() const;             // the last part of the path, decoded
  std::filesystem::path local_path() const;  // of a file URL, decoded
  bool is_file() const { return scheme == "file"; }

  bool operator==(const Url&) const = default;
};

// Whether the text begins with a scheme (`https://…`, `file:…`), so that it is a URL and no path.
bool looks_like_url(std::string_view text);

// The file URL of an absolute path.
Url file_url(const std::filesystem::path& path);

}  // namespace lambda_pack
