// Small text tools that every room shares. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

// `text` between double quotes, with control characters, quotes and backslashes escaped (`\n`, `\x1b`), bytes that
// are no UTF-8 escaped as `\xNN`, and cut to `limit` characters: safe to print whatever a hostile file holds. (Not
// `quoted`: with a std::string that would find std::quoted.)
std::string quote(std::string_view text, std::size_t limit = 200);

// The items joined by `separator`.
std::string join(const std::vector<std::string>& items, std::string_view separator = ", ");

// `text` without spaces, tabs, CR, LF at both ends.
std::string_view trimmed(std::string_view text);

// The pieces of `text` between separators; an empty text is one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

// ASCII letters in lower case, every other byte as it is.
std::string lowered(std::string_view text);

// Up to `most` of the candidates that a person may have meant by `wanted`, closest first (edit distance, or one
// holds the other); for "did you mean" hints.
std::vector<std::string> close_names(std::string_view wanted, const std::vector<std::string>& candidates,
                                     std::size_t most = 3);

// Bytes as people read them: `532 B`, `4.2 kB`, `66.3 MB` (powers of 1000, as AWS and PyPI print them).
std::string human_bytes(unsigned long long bytes);

// Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

// RFC 3986's %XX decoded; what is no such escape stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace lambda_pack
