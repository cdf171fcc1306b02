// The interpreter of a minor, found without starting anything.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "build/interpreter_search.hpp"

namespace lambda_pack {

// What search_interpreter() finds, or only `interpreter` when it is not empty, as far as it is a CPython with a GIL of
// 3.<minor>. Remembered below `memory` for as long as nothing changes that the search looks at, also when there is
// none.
std::optional<FoundInterpreter> remembered_interpreter(int minor, const std::string& interpreter,
                                                       const std::string& python, const std::filesystem::path& memory);

}  // namespace lambda_pack
