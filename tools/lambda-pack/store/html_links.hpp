// The links of an HTML page. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

struct HtmlLinks {
  std::optional<std::string> base;  // the first `<base href>`
  std::vector<std::string> hrefs;   // of all `<a href>`, in order
};

// Reads tags as the HTML standard's tokenizer does as far as links go: names in any case, attributes quoted by `"`
// or
// `'` or not at all, character references in their values, comments and the text of script and style passed over.
// Never fails: what is no tag is text.
HtmlLinks html_links(std::string_view page);

// `&amp;`, `&#43;`, `&#x2B;` → the characters; what is no known reference stays.
std::string html_decoded(std::string_view text);

}  // namespace lambda_pack
