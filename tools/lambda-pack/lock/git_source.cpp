#include "lock/git_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kPrefix = "git+";

// The text up to the first `separator`, which is cut off `text` with it.
std::string_view cut(std::string_view& text, char separator) {
  const auto end = std::min(text.size(), text.find(separator));
  const auto head = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return head;
}

// Calls `use` with each `key=value` between `&`, the value decoded.
template <typename Use>
void for_each_parameter(std::string_view text, Use use) {
  for (auto part : split(text, '&')) {
    const auto key = cut(part, '=');
    if (!key.empty()) use(key, percent_decoded(part));
  }
}

bool is_scp_form(std::string_view url) {
  return url.find("://") == std::string_view::npos && url.find(':') < url.find('/');
}

}  // namespace

bool is_git_url(std::string_view text) { return text.substr(0, kPrefix.size()) == kPrefix; }

Source git_source_of_pip(std::string_view url) {
  Source source{SourceKind::git, "", "", "", ""};
  url.remove_prefix(kPrefix.size());
  auto fragment = url;
  url = cut(fragment, '#');
  for_each_parameter(fragment, [&source](std::string_view key, std::string value) {
    if (key == "subdirectory") source.subdirectory = std::move(value);
  });
  // An `@` before the path belongs to the user: git+ssh://git@host/repo.
  const auto scheme = url.find("://");
  const auto path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  const auto at = url.rfind('@');
  const bool has_reference = at != std::string_view::npos && path != std::string_view::npos && at > path;
  source.url = url.substr(0, has_reference ? at : url.size());
  if (has_reference) source.reference = percent_decoded(url.substr(at + 1));
  if (is_commit(source.reference)) source.resolved_reference = source.reference;
  return source;
}

Source git_source_of_uv(std::string_view url) {
  Source source{SourceKind::git, "", "", "", ""};
  auto fragment = url;
  auto query = cut(fragment, '#');
  source.resolved_reference = fragment;
  source.url = cut(query, '?');
  for_each_parameter(query, [&source](std::string_view key, std::string value) {
    if (key == "subdirectory") source.subdirectory = std::move(value);
    else if (key == "rev" || key == "tag" || key == "branch") source.reference = std::move(value);
  });
  return source;
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::string git_address(const Source& source) {
  auto url = source.url;
  return is_scp_form(url) ? "ssh://" + url.replace(url.find(':'), 1, "/") : url;
}

std::string pip_git_url(const Source& source) {
  return fmt::format("{}{}@{}{}", kPrefix, git_address(source), source.resolved_reference,
                     source.subdirectory.empty() ? "" : "#subdirectory=" + source.subdirectory);
}

void require_commit(const LockedDistribution& package, const LockLabel& lock) {
  const auto& source = package.source;
  if (is_commit(source.resolved_reference)) return;
  const auto& said = source.resolved_reference.empty() ? source.reference : source.resolved_reference;
  throw Error(fmt::format("{}: {} comes from the git repository {} {}", lock.file, package.str(), quote(source.url),
                          said.empty() ? "without a commit" : "at " + quote(said) + ", which is no whole commit"),
              lock.remake + ", with the commit's 40 digits");
}

}  // namespace lambda_pack
