// Bytecode of code that changes with every edit: only what was edited is compiled.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bytecode/compiler.hpp"
#include "store/store.hpp"

namespace lambda_pack {

// What compiler.compile(modules) returns, taken from a file of the store as far as a module was among those compiled
// the last time for the same `purpose` ("project my-lambda"), under any path of the build machine. The file then holds
// exactly these modules, so it does not grow with the edits; it is replaced at once or not at all, and what it says is
// checked, so any number of processes may share it.
std::vector<std::optional<Packed>> compile_what_changed(const std::vector<PythonModule>& modules,
                                                        std::string_view purpose, Compiler& compiler,
                                                        const Store& store);

}  // namespace lambda_pack
