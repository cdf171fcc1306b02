// Whether a wheel that was built here runs on Lambda.
#pragma once

#include "runtime/target.hpp"
#include "standards/wheel_name.hpp"

namespace lambda_pack {

// Throws Error unless one of the wheel's tags is one of the target's (compatible_tags): a pure wheel for Python 3,
// or extension modules for the target's interpreter, ABI and machine. A plain `linux_<machine>` tag, which is what
// backends give to what they compile, is accepted: it says nothing of the C library, and the check of each ELF
// file does. What was built by this machine's interpreter fits that. The error says what was built and what was needed;
// its hint, which of the two is to be changed.
void require_fit(const WheelName& wheel, const Target& target);

}  // namespace lambda_pack
