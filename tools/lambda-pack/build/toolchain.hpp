// Compilers for Lambda's systems on any machine: zig's, from the package index.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/target.hpp"

namespace lambda_pack {

// The zig that is taken when none is named: https://pypi.org/project/ziglang/
constexpr std::string_view kZigRequirement = "ziglang==0.15.2";

struct ToolchainRequest {
  Target target;
  std::string python;                  // any interpreter of this machine, which may have pip; empty: python3
  std::string zig;                     // a zig of the user's own; empty: LAMBDA_PYTHON_ZIG, else kZigRequirement
  std::filesystem::path environments;  // where installed packages are kept: `<store>/environments`
  std::filesystem::path cache;         // where zig keeps what it compiled: `<store>/zig`
  std::filesystem::path project;       // for whom: indexes configured there count
  bool offline = false;
};

struct Toolchain {
  std::filesystem::path zig;     // the program
  std::filesystem::path python;  // an interpreter of the runtime's minor, which runs here
};

// Makes `folder` a toolchain for exactly the target's system: `bin/cc`, `bin/c++`, `bin/ar`, `bin/ranlib`;
// `toolchain.cmake`; `include`, the headers of the runtime's Python; `python`, what makes a Python of the minor on this
// machine build for the target; `programs`, links to the programs of the PATH but those that answer for this machine's
// libraries. Throws Error when there is no Python of the minor here, when it has no headers,
// when zig cannot be installed or does not run.
Toolchain make_toolchain(const ToolchainRequest& request, const std::filesystem::path& folder);

// Installs distributions whose files a build reads (nanobind's headers and sources) as `<folder>/packages`.
void add_packages(const ToolchainRequest& request, const std::vector<std::string>& requirements,
                  const std::filesystem::path& folder);

// The text that says which zig the request means: part of the key of what it compiles.
std::string zig_of(const ToolchainRequest& request);

}  // namespace lambda_pack
