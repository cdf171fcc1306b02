// The bytecode of a wheel, made once and kept in the store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "archive/wheel.hpp"
#include "base/sha256.hpp"
#include "bytecode/compiler.hpp"
#include "store/store.hpp"

namespace lambda_pack {

struct StoredBytecode {
  std::filesystem::path path;  // a zip that holds the bytecode files alone, at their paths below the task root
  std::uint32_t crc32 = 0;     // of the zip, as its name says: every build pays for what notices damage, and nobody but
                               // this program vouches for what is in it, so that a digest would prove no more
};

// The modules of a wheel, at the paths where they are installed. They refer to both, which must outlive them.
std::vector<PythonModule> modules_of(const Wheel& wheel, const ZipArchive& archive);

struct WheelInStore {
  std::filesystem::path path;
  Sha256 digest;
};

// The bytecode of the wheels, in their order; made, and progress shown, where the store lacks it: under a key of the
// wheel, the interpreter's version and what made and compressed it. Any number of processes may ask at once: one makes
// it, with all processors, the others wait. Throws Error when a wheel cannot be read, the interpreter does not run or
// the store cannot be written.
// For one wheel it shows nothing.
StoredBytecode bytecode_of(const WheelInStore& wheel, Compiler& compiler, const Store& store);
std::vector<StoredBytecode> bytecode_of(const std::vector<WheelInStore>& wheels, Compiler& compiler,
                                        const Store& store);

}  // namespace lambda_pack
