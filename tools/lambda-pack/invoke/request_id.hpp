// Names of invocations.
#pragma once

#include <string>

namespace lambda_pack {

// A new random UUID (RFC 9562, version 4), in lower case.
std::string new_request_id();

}  // namespace lambda_pack
