// `requires-python` beside a target. Pure.
#pragma once

#include <string>

#include "runtime/target.hpp"

namespace lambda_pack {

// Throws Error when no patch version of the target's Python is admitted by the specifiers (an exact patch means its
// minor here, for nobody can choose Lambda's patch): a lock says nothing about Pythons that it excludes. `file` and
// `remedy` are for the message.
void require_python(const std::string& specifiers, const Target& target, const std::string& file,
                    const std::string& remedy);

}  // namespace lambda_pack
