// Where CPython looks for the bytecode of a module: https://peps.python.org/pep-3147.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

// `a/b.py` → `a/__pycache__/b.cpython-312.pyc`; nothing for what is no module's source.
std::optional<std::string> bytecode_path(std::string_view source, int minor);

}  // namespace lambda_pack
