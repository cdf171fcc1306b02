// What `strip --strip-all` does to a shared library, for any machine on any machine.
#pragma once

#include <string>

namespace lambda_pack {

// The ELF file without the sections that are not loaded (symbols for the linker, debugging information, comments): the
// loader sees the same. Files that cannot be shortened this way (no sections; object files) come back as they are.
// Throws Error (no label) when the file is damaged.
std::string stripped_elf(const std::string& elf);

}  // namespace lambda_pack
