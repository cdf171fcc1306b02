// What a native file may need of Lambda's runtimes without bringing it.
#pragma once

#include <string_view>

#include "runtime/target.hpp"

namespace lambda_pack {

// Whether the runtime has a shared library of that name (a DT_NEEDED entry) where the loader looks for it. The list
// holds what is known to be there; a library that it lacks may be there by chance, and gone after the next update of
// the runtime: Lambda runs on a smaller system than AWS's base images of the same name, which is why libexpat.so.1
// loads in those and not in Lambda.
bool runtime_has_library(const Target& target, std::string_view name);

// The day the list was made.
std::string_view system_libraries_read_on();

}  // namespace lambda_pack
