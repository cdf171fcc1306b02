// Base64 with padding (RFC 4648, section 4). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

std::string base64_encode(std::string_view bytes);

// The bytes, or nothing when `text` is not base64: another alphabet, white space, missing padding.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace lambda_pack
