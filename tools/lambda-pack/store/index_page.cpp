#include "store/index_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "store/html_links.hpp"

namespace lambda_pack {
namespace {

using nlohmann::json;

Error no_index_page(const Url& url, std::string_view why) {
  return Error(fmt::format("{} is no package index page: {}", url.shown(), why),
               "check the index's address: it is the one that ends in /simple/ for most indexes, and a page that asks "
               "to log in may have come instead");
}

// Not judged here: a hash of another form than the lock's just equals none of them. Pages have thousands.
void add_hash(IndexFile& file, std::string_view algorithm, std::string_view hex) {
  file.hashes.push_back({lowered(algorithm), lowered(hex)});
}

// Takes the `files` of a page as they go by: pages of popular distributions have megabytes, of which a tree of all
// values would make a multiple.
class PageHandler : public nlohmann::json_sax<json> {
 public:
  explicit PageHandler(std::vector<IndexFile>& files) : files_(files) {}

  bool saw_files() const { return saw_files_; }
  const std::string& version() const { return version_; }

  bool start_object(std::size_t) override {
    if (depth_ == 2 && in_files_) current_ = {};
    if (depth_ == 3 && in_files_) in_hashes_ = key_ == "hashes";
    ++depth_;
    return true;
  }
  bool end_object() override {
    --depth_;
    if (depth_ == 3) in_hashes_ = false;
    if (depth_ == 2 && in_files_) finish_file();
    return true;
  }
  bool start_array(std::size_t) override {
    if (depth_ == 1 && key_ == "files") in_files_ = saw_files_ = true;
    ++depth_;
    return true;
  }
  bool end_array() override {
    if (--depth_ == 1) in_files_ = false;
    return true;
  }
  bool key(string_t& text) override {
    if (depth_ == 1) top_key_ = text;
    key_.swap(text);
    return true;
  }
  bool string(string_t& text) override {
    if (depth_ == 2 && top_key_ == "meta" && key_ == "api-version") version_ = text;
    if (in_files_ && depth_ == 3 && key_ == "filename") current_.name = text;
    if (in_files_ && depth_ == 3 && key_ == "url") current_.href = text;
    if (in_files_ && depth_ == 4 && in_hashes_) add_hash(current_, key_, text);
    return true;
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (in_files_ && depth_ == 3 && key_ == "size") current_.size = number;
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

 private:
  void finish_file() {
    if (!current_.name.empty() && !current_.href.empty()) files_.push_back(std::move(current_));
  }

  std::vector<IndexFile>& files_;
  int depth_ = 0;
  bool in_files_ = false, in_hashes_ = false, saw_files_ = false;
  std::string key_, top_key_, version_;
  IndexFile current_;
};

IndexPage parse_json(std::string_view text, const Url& url) {
  IndexPage page{url, {}};
  PageHandler handler(page.files);
  if (!json::sax_parse(text.begin(), text.end(), &handler)) throw no_index_page(url, "its JSON is damaged");
  if (!handler.version().empty() && !handler.version().starts_with("1.")) {
    throw no_index_page(url,
                        fmt::format("it has version {} of the simple API, 1.x is known", quote(handler.version())));
  }
  if (!handler.saw_files()) throw no_index_page(url, "its JSON has no \"files\"");
  return page;
}

// The last part of a link's path, decoded.
std::string linked_name(std::string_view href) {
  const std::string_view path = href.substr(0, href.find_first_of("?#"));
  return percent_decoded(path.substr(path.rfind('/') + 1));
}

// PEP 503: the file's name is the link's last part; the fragment is `<algorithm>=<hex>`.
IndexPage parse_html(std::string_view text, const Url& url) {
  HtmlLinks links = html_links(text);
  IndexPage page{links.base ? url.resolved(*links.base) : url, {}};
  for (std::string& href : links.hrefs) {
    IndexFile file;
    file.name = linked_name(href);
    if (file.name.empty()) continue;
    const std::string_view fragment = std::string_view(href).substr(std::min(href.find('#'), href.size()));
    if (const auto equals = fragment.find('='); equals != std::string_view::npos) {
      add_hash(file, fragment.substr(1, equals - 1), fragment.substr(equals + 1, fragment.find('&') - equals - 1));
    }
    file.href = std::move(href);
    page.files.push_back(std::move(file));
  }
  return page;
}

enum class PageKind { in_json, in_html, unknown };

PageKind kind_of(std::string_view text, std::string_view content_type) {
  if (content_type == "application/json" || content_type.ends_with("+json")) return PageKind::in_json;
  const std::string_view begin = trimmed(text.substr(0, 4096));
  if (begin.starts_with('{')) return PageKind::in_json;
  if (begin.find('<') == std::string_view::npos) return PageKind::unknown;
  return begin.find('\0') == std::string_view::npos ? PageKind::in_html : PageKind::unknown;
}

bool share_a_hash(const std::vector<FileHash>& a, const std::vector<FileHash>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&b](const FileHash& hash) { return std::find(b.begin(), b.end(), hash) != b.end(); });
}

bool share_an_algorithm(const std::vector<FileHash>& a, const std::vector<FileHash>& b) {
  return std::any_of(a.begin(), a.end(), [&b](const FileHash& hash) {
    return std::any_of(b.begin(), b.end(),
                       [&hash](const FileHash& other) { return other.algorithm == hash.algorithm; });
  });
}

}  // namespace

IndexPage parse_index_page(std::string_view text, std::string_view content_type, const Url& url) {
  switch (kind_of(text, content_type)) {
    case PageKind::in_json: return parse_json(text, url);
    case PageKind::in_html: return parse_html(text, url);
    case PageKind::unknown: break;
  }
  throw no_index_page(
      url, content_type.empty() ? "it is neither HTML nor JSON" : fmt::format("it is {}", quote(content_type)));
}

const IndexFile* IndexPage::find(const LockedFile& wanted) const {
  const IndexFile* same_hash = nullptr;
  for (const IndexFile& file : files) {
    const bool same = share_a_hash(file.hashes, wanted.hashes);
    if (file.name == wanted.name && (same || !share_an_algorithm(file.hashes, wanted.hashes))) return &file;
    if (same && same_hash == nullptr) same_hash = &file;
  }
  return same_hash;
}

const IndexFile* IndexPage::named(std::string_view name) const {
  const auto found =
      std::find_if(files.begin(), files.end(), [name](const IndexFile& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

}  // namespace lambda_pack
