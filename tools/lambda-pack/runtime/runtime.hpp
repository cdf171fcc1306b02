// What AWS Lambda's Python runtimes are: one dated table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lambda_pack {

// One row of https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html. Dates are `YYYY-MM-DD`; AWS moves
// them, so a passed date is a warning and never an error.
struct Runtime {
  std::string_view id;      // "python3.12"
  int minor;                // 12
  int newest_patch;         // of CPython 3.<minor>, newest known when the table was written
  std::string_view system;  // "Amazon Linux 2", "Amazon Linux 2023"
  int glibc_minor;          // glibc 2.<glibc_minor>
  int glibcxx_patch;        // newest symbol version of its libstdc++: GLIBCXX_3.4.<glibcxx_patch>
  std::string_view deprecated, block_create, block_update;
};

// The rows, oldest first, and the day they were read from AWS.
std::span<const Runtime> known_runtimes();
std::string_view runtimes_read_on();

// The row with that id; throws Error that lists the known ids and the close ones.
const Runtime& runtime_named(std::string_view id);

// A warning when `today` (`YYYY-MM-DD`) is past one of the runtime's dates; else empty.
std::string deprecation_warning(const Runtime& runtime, std::string_view today);

enum class Architecture { x86_64, arm64 };

// Lambda's names: "x86_64", "arm64" (throws Error on any other, with a hint for "amd64" and "aarch64").
Architecture architecture_named(std::string_view name);
std::string_view lambda_name(Architecture architecture);   // "arm64"
std::string_view machine_name(Architecture architecture);  // "aarch64": platform tags, platform_machine
std::uint16_t elf_machine(Architecture architecture);      // e_machine: EM_X86_64 62, EM_AARCH64 183

}  // namespace lambda_pack
