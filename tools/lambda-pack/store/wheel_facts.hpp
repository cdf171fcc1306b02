// What the store learnt of a wheel when it came in, so that no later step has to inflate it again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "archive/elf.hpp"
#include "archive/zip_reader.hpp"

namespace lambda_pack {

// One ELF file of a wheel.
struct WheelElf {
  std::string entry;  // its name in the archive
  ElfFacts elf;
};

struct WheelFacts {
  std::vector<WheelElf> elf_files;  // sorted by entry
};

// The facts beside a stored wheel (`<file name>.facts.json`); made and written when they are missing or of an older
// program. A store that cannot be written is no error here: the facts are then made anew each time. Throws Error
// when the wheel cannot be read.
WheelFacts wheel_facts(const std::filesystem::path& stored_wheel, const ZipArchive& archive);

// Makes the facts of `archive` and writes them beside `stored_wheel`, which need not be there yet. Throws Error when
// the wheel cannot be read or the folder not be written.
WheelFacts write_wheel_facts(const std::filesystem::path& stored_wheel, const ZipArchive& archive);

}  // namespace lambda_pack
