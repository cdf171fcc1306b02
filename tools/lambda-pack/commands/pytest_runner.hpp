// The Python side of tests of a staged tree. Private to this room.
#pragma once

namespace lambda_pack {

// The text of pytest_runner.py, for `python -c`.
extern const char* const kPytestRunner;

}  // namespace lambda_pack
