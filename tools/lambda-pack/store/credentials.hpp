// User names and passwords for indexes, from where users already have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/url.hpp"

namespace lambda_pack {

// Empty when there are none: then libcurl looks into netrc.
struct Credentials {
  std::string user;
  std::string password;
  bool empty() const { return user.empty() && password.empty(); }
};

// `FOO_BAR` for the index `foo-bar`: the form in which POETRY_HTTP_BASIC_<NAME>_USERNAME and
// UV_INDEX_<NAME>_USERNAME carry an index's name.
std::string environment_name(std::string_view index_name);

// Which credentials belong to which address. A request gets those of the known index with the same scheme, host
// and port, the one with the longest common path first; nothing is ever sent to another origin.
class CredentialBook {
 public:
  // Notes an index: its URL's userinfo, else the variables for its name (POETRY_HTTP_BASIC_…, UV_INDEX_…). An
  // index without credentials is noted too, by name, for hints.
  void add_index(const Url& url, const std::string& name);
  // What to send to `url`: its own userinfo, else a known index's.
  Credentials credentials_for(const Url& url) const;
  // Where credentials for `url` can be put, as a hint after 401 or 403.
  std::string hint_for(const Url& url) const;

 private:
  struct Index {
    Url url;
    std::string name;
    Credentials credentials;
  };
  const Index* closest(const Url& url, bool with_credentials) const;

  std::vector<Index> indexes_;
};

}  // namespace lambda_pack
