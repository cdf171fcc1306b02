// The Python side of toolchains: toolchain.py, which says what it takes. Private to this room.
#pragma once

namespace lambda_pack {

extern const char* const kToolchainScript;

}  // namespace lambda_pack
