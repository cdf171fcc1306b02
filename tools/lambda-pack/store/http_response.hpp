// What a server says before a body, and what its status means for a download. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

// The head of a response: the fields that downloads look at.
struct ResponseHead {
  long status = 0;
  std::string etag, last_modified, location, content_range;
  std::string content_type;  // lower case, without parameters

  // Takes the next line. A status line begins anew: a proxy's head and `100 Continue` come before the real one.
  void add(std::string_view line);
};

// 301, 302, 303, 307, 308.
bool is_redirect(long status);

// Busy or broken for now (RFC 9110, 15.5.9 and 15.6; RFC 6585, 4): worth another attempt.
bool is_passing(long status);

// `404 Not Found`; the number alone for one that downloads rarely meet.
std::string status_text(long status);

// Whether If-Range takes the entity tag (RFC 9110, 13.1.5: no weak ones).
bool is_strong_etag(std::string_view etag);

// The first byte of `bytes 100-199/200` (RFC 9110, 14.4); nothing for any other text.
std::optional<std::uint64_t> range_start(std::string_view content_range);

}  // namespace lambda_pack
