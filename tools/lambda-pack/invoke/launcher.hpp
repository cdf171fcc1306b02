// The Python side of a function's process. Private to this room.
#pragma once

namespace lambda_pack {

// The text of launcher.py, for `python -c`.
extern const char* const kLauncher;

}  // namespace lambda_pack
