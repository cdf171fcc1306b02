// What decides whether an ELF file loads on a target (System V ABI; symbol versions after the LSB).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lambda_pack {

struct ElfFacts {
  std::uint16_t machine = 0;        // e_machine
  int glibc_minor = -1;             // highest GLIBC_2.<n> symbol version needed; -1 for none
  int glibcxx_patch = -1;           // highest GLIBCXX_3.4.<n> needed of a file libstdc++.so.6; -1 for none
  std::string soname;               // DT_SONAME; empty when there is none
  std::vector<std::string> needed;  // DT_NEEDED, in order
};

// The facts of an ELF file in memory; nothing when the bytes are no ELF file. Throws Error (no label)
// when they begin like one and are damaged.
std::optional<ElfFacts> elf_facts(std::span<const std::byte> bytes);

}  // namespace lambda_pack
