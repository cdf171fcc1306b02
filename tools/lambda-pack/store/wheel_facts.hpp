// What the store learnt of a wheel when it came in, so that no later step has to inflate it again.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "archive/elf.hpp"
#include "archive/zip_reader.hpp"

namespace lambda_pack {

// One ELF file of a wheel.
struct WheelElf {
  std::string entry;  // its name in the archive
  ElfFacts elf;
};

// Whether Python or the dynamic loader loads files of that name. Only such a one must be whole: damaged ELF files
// of other names are test data of tools that read them.
bool has_loadable_name(std::string_view path);

struct WheelFacts {
  std::vector<WheelElf> elf_files;  // sorted by entry
};

// The facts beside a stored wheel (`<file name>.facts.json`); made and written when they are missing or of an
// older program. A store that cannot be written is no error here: the facts are then made anew each time. Throws
// Error when the wheel cannot be read.
WheelFacts wheel_facts(const std::filesystem::path& stored_wheel, const ZipArchive& archive);

// The facts of a wheel, from its content. Throws Error when it cannot be read, or a library in it is damaged.
WheelFacts make_wheel_facts(const ZipArchive& archive);

// Writes the facts beside `stored_wheel`, which need not be there yet. Throws Error when the folder cannot be
// written.
void write_wheel_facts(const std::filesystem::path& stored_wheel, const WheelFacts& facts);

}  // namespace lambda_pack
