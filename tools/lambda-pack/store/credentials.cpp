#include "store/credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

Credentials named_credentials(const std::string& index_name) {
  if (index_name.empty()) return {};
  for (const std::string_view prefix : {"POETRY_HTTP_BASIC_", "UV_INDEX_"}) {
    const std::string stem = std::string(prefix) + environment_name(index_name);
    Credentials found{variable(stem + "_USERNAME"), variable(stem + "_PASSWORD")};
    if (!found.empty()) return found;
  }
  return {};
}

std::size_t common_path(const Url& a, const Url& b) {
  const auto [end, unused] = std::mismatch(a.path.begin(), a.path.end(), b.path.begin(), b.path.end());
  return static_cast<std::size_t>(end - a.path.begin());
}

}  // namespace

std::string environment_name(std::string_view index_name) {
  std::string result;
  for (const unsigned char byte : index_name) {
    result += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return result;
}

void CredentialBook::add_index(const Url& url, const std::string& name) {
  Credentials own{url.user, url.password};
  indexes_.push_back({url, name, own.empty() ? named_credentials(name) : own});
}

const CredentialBook::Index* CredentialBook::closest(const Url& url, bool with_credentials) const {
  const Index* best = nullptr;
  for (const Index& index : indexes_) {
    if (index.url.origin() != url.origin()) continue;
    if (with_credentials && index.credentials.empty()) continue;
    if (best == nullptr || common_path(index.url, url) > common_path(best->url, url)) best = &index;
  }
  return best;
}

Credentials CredentialBook::credentials_for(const Url& url) const {
  if (!url.user.empty() || !url.password.empty()) return {url.user, url.password};
  const Index* index = closest(url, true);
  return index == nullptr ? Credentials{} : index->credentials;
}

std::string CredentialBook::hint_for(const Url& url) const {
  const Index* index = closest(url, false);
  if (index != nullptr && !index->name.empty()) {
    const std::string name = environment_name(index->name);
    return fmt::format(
        "set POETRY_HTTP_BASIC_{0}_USERNAME and POETRY_HTTP_BASIC_{0}_PASSWORD (or UV_INDEX_{0}_USERNAME and "
        "UV_INDEX_{0}_PASSWORD), or put a line for {1} into ~/.netrc",
        name, url.host);
  }
  return fmt::format(
      "put a line for {} into ~/.netrc, or a user name and password into the index's URL (UV_DEFAULT_INDEX or "
      "PIP_INDEX_URL)",
      url.host);
}

}  // namespace lambda_pack
