// Building for the target from its settings: toolchains, and the variables that make a backend use one.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "build/backend.hpp"
#include "build/toolchain.hpp"
#include "commands/build_origin.hpp"
#include "commands/settings.hpp"
#include "store/store.hpp"

namespace lambda_pack {

// What the settings say of a toolchain. Throws Error for a runtime or an architecture that Lambda does not have.
ToolchainRequest toolchain_request(const Settings& settings);

// What has a part in a source's wheel beside its backend.
enum class Compilers { none, c, rust };

// The compilers that a build of the source calls: told by its backend, and by those of its `files`, which are looked
// for only then, that a C, C++ or Fortran compiler takes, for a backend that may call one. None for a target that is
// this machine's own interpreter, which the machine's own compilers serve.
Compilers compilers_of(const std::filesystem::path& source, const BuildSystem& build_system, const Target& target,
                       const std::function<std::set<std::filesystem::path>()>& files);

// Where to build: beside the store, whose file system has room, unless its path has what distutils, configure or make
// split a compiler's path at.
std::filesystem::path plain_scratch_parent(const Store& store);

// The files below an unpacked source.
std::set<std::filesystem::path> files_below(const std::filesystem::path& source);

// A text that changes whenever what they compile for the target could: part of the key under which a wheel is kept.
// Empty without compilers.
std::string key_of(Compilers compilers, const Settings& settings);

// "K=V" for each BUILD_ENVIRONMENT `<distribution>:K=V` of the distribution, in order. Throws Error for what is none.
std::vector<std::string> own_variables(const DistributionName& name, const Settings& settings);

// Makes backends build for the target, by `compilers`, and with the distribution's BUILD_ENVIRONMENT: `options` gets an
// interpreter of the runtime's minor and an environment in which compilers, Python's own configuration and CMake speak
// of the target, and in which nothing of this machine's libraries can be found. The toolchain is made in `scratch`;
// what the compilers were called with is written to `scratch`/calls. For every architecture at once nothing is
// compiled, and `options` gets BUILD_ENVIRONMENT alone. Throws Error that names the origin for Rust without what it
// takes.
void build_for_target(Compilers compilers, const BuildOrigin& from, const Settings& settings,
                      const std::filesystem::path& source, const std::filesystem::path& scratch, BuildOptions& options);

}  // namespace lambda_pack
