#include "runtime/runtime.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {

namespace {

constexpr std::string_view kReadOn = "2026-11-23";
constexpr std::string_view kAmazonLinux2 = "Amazon Linux 2";
constexpr std::string_view kAmazonLinux2023 = "Amazon Linux 2023";

// id, minor, newest patch, system, glibc 2.x, GLIBCXX_3.4.x (GCC 7.3 and 11), deprecated, creating blocked, updating
// blocked
constexpr std::array<Runtime, 7> kRuntimes = {{
    {"python3.8", 8, 20, kAmazonLinux2, 26, 24, "2024-10-14", "2027-02-01", "2027-03-03"},
    {"python3.9", 9, 25, kAmazonLinux2, 26, 24, "2025-12-15", "2027-02-01", "2027-03-03"},
    {"python3.10", 10, 22, kAmazonLinux2, 26, 24, "2026-10-31", "2027-02-01", "2027-03-03"},
    {"python3.11", 11, 18, kAmazonLinux2, 26, 24, "2027-06-30", "2027-07-31", "2027-08-31"},
    {"python3.12", 12, 16, kAmazonLinux2023, 34, 29, "2028-10-31", "2028-11-30", "2029-01-10"},
    {"python3.13", 13, 18, kAmazonLinux2023, 34, 29, "2029-06-30", "2029-07-31", "2029-08-31"},
    {"python3.14", 14, 10, kAmazonLinux2023, 34, 29, "2029-06-30", "2029-07-31", "2029-08-31"},
}};

struct ArchitectureNames {
  Architecture architecture;
  std::string_view lambda, machine;
  std::uint16_t elf;
  std::array<std::string_view, 5> elsewhere;  // what others call it
};

constexpr std::array<ArchitectureNames, 2> kArchitectures = {{
    {Architecture::x86_64, "x86_64", "x86_64", 62, {"amd64", "x64", "x86-64", "x86", "intel"}},
    {Architecture::arm64, "arm64", "aarch64", 183, {"aarch64", "arm", "armv8", "arm64v8", "graviton"}},
}};

const ArchitectureNames& names_of(Architecture architecture) {
  return kArchitectures[static_cast<std::size_t>(architecture)];
}

// The minor version that a person who wrote "py3.12", "3.12", "python312" or "cp312" has in mind.
std::optional<int> minor_meant_by(std::string_view text) {
  const std::string lower = lowered(trimmed(text));
  std::string_view rest = lower;
  for (const std::string_view prefix : {"cpython", "python", "py", "cp"}) {
    if (!rest.starts_with(prefix)) continue;
    rest.remove_prefix(prefix.size());
    break;
  }
  rest.remove_prefix(std::min(rest.find_first_not_of(" -_"), rest.size()));
  if (!rest.starts_with('3')) return std::nullopt;
  rest.remove_prefix(1);
  if (rest.starts_with('.')) rest.remove_prefix(1);
  int minor = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), minor);
  return error == std::errc{} && minor >= 0 ? std::optional(minor) : std::nullopt;
}

// What to write instead of `id`, in one line.
std::string advice_for(std::string_view id) {
  const auto minor = minor_meant_by(id);
  if (!minor) return "lambda-pack makes packages for Python runtimes";
  const std::string python = "Python 3." + std::to_string(*minor);
  for (const Runtime& runtime : kRuntimes) {
    if (runtime.minor == *minor) return "did you mean " + std::string(runtime.id) + "?";
  }
  if (*minor < kRuntimes.front().minor) return "AWS Lambda has withdrawn " + python;
  return "AWS Lambda had no " + python + " on " + std::string(kReadOn) + "; a newer lambda-pack may know it";
}

// The runtime that AWS supports longest, the newest of several.
const Runtime& longest_supported() {
  return *std::max_element(kRuntimes.begin(), kRuntimes.end(), [](const Runtime& a, const Runtime& b) {
    return a.deprecated != b.deprecated ? a.deprecated < b.deprecated : a.minor < b.minor;
  });
}

}  // namespace

std::span<const Runtime> known_runtimes() { return kRuntimes; }

std::string_view runtimes_read_on() { return kReadOn; }

const Runtime& runtime_named(std::string_view id) {
  for (const Runtime& runtime : kRuntimes) {
    if (runtime.id == id) return runtime;
  }
  std::vector<std::string> ids;
  for (const Runtime& runtime : kRuntimes) ids.emplace_back(runtime.id);
  throw Error(quote(id) + " is not a Python runtime of AWS Lambda", advice_for(id) + "\nknown runtimes: " + join(ids));
}

std::string deprecation_warning(const Runtime& runtime, std::string_view today) {
  if (today < runtime.deprecated) return {};
  const auto refusal = [today](std::string_view date) {
    return (today < date ? " from " : " since ") + std::string(date);
  };
  return std::string(runtime.id) + " is deprecated: no security patches since " + std::string(runtime.deprecated) +
         "; AWS refuses to create functions with it" + refusal(runtime.block_create) + " and to update them" +
         refusal(runtime.block_update) + " (as announced on " + std::string(kReadOn) + "): move to " +
         std::string(longest_supported().id);
}

Architecture architecture_named(std::string_view name) {
  std::string hint = "the architectures of AWS Lambda are x86_64 and arm64";
  const std::string lower = lowered(trimmed(name));
  for (const ArchitectureNames& names : kArchitectures) {
    if (name == names.lambda) return names.architecture;
    const auto& others = names.elsewhere;
    if (lower == names.lambda || std::find(others.begin(), others.end(), lower) != others.end()) {
      hint = "AWS Lambda calls it " + std::string(names.lambda);
    }
  }
  throw Error(quote(name) + " is not an architecture of AWS Lambda", hint);
}

std::string_view lambda_name(Architecture architecture) { return names_of(architecture).lambda; }
std::string_view machine_name(Architecture architecture) { return names_of(architecture).machine; }
std::uint16_t elf_machine(Architecture architecture) { return names_of(architecture).elf; }

}  // namespace lambda_pack
