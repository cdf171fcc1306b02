// The ELF files of a bundle.
#pragma once

#include <vector>

#include "archive/elf.hpp"
#include "bundle/bundle.hpp"

namespace lambda_pack {

struct NativeFile {
  const BundleFile* file = nullptr;
  ElfFacts elf;
};

// All ELF files of the bundle, in its order: those of stored wheels from the store's facts, those of the project and
// of extra files by looking at them.
std::vector<NativeFile> native_files(const Bundle& bundle);

}  // namespace lambda_pack
