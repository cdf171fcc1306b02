// Ctrl-C and SIGTERM: what was being written is removed, then the program ends with 130 or 143.
#pragma once

#include <filesystem>

namespace lambda_pack {

// Installs the handlers; called once, by main.
void clean_up_when_interrupted();

// Registers a path to unlink on interruption; returns a slot for forget_cleanup, or -1 when all 256 are in use.
int remember_cleanup(const std::filesystem::path& path);
void forget_cleanup(int slot);

}  // namespace lambda_pack
