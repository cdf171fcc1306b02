#include "commands/own_builds.hpp"

#include <algorithm>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "build/fit.hpp"
#include "commands/source_build_errors.hpp"
#include "store/store.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// Where the toolchain is made. cargo compiles every crate again when its linker has another path, so that in a source
// which keeps what it compiled, the toolchain is at the same place each time, for one build at once.
class ToolchainPlace {
 public:
  ToolchainPlace(const fs::path& source, Compilers compilers, const Settings& settings, const fs::path& scratch)
      : folder_(scratch) {
    const bool keeps = source.lexically_relative(scratch).string().starts_with("..");
    if (compilers != Compilers::rust || !keeps) return;
    const std::string key = sha256_of(source.string() + "\n" + key_of(compilers, settings)).hex();
    folder_ = plain_scratch_parent(Store(settings.store)) / ("lambda-pack-rust-" + key.substr(0, 20));
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) throw_system_error("making the folder", folder_, error.value());
    turn_.emplace(folder_ / "lock");
  }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
  std::optional<FileLock> turn_;
};

bool is_pure(const fs::path& wheel) {
  const WheelName name = WheelName::parse(wheel.filename().string()).value();
  return std::ranges::all_of(name.tags, [](const Tag& tag) { return tag.abi == "none" && tag.platform == "any"; });
}

}  // namespace

fs::path build_own_wheel(const BuildOrigin& from, const fs::path& source, const BuildSystem& build_system,
                         Compilers compilers, const Settings& settings, const Target& target, BuildOptions options,
                         const fs::path& scratch) {
  const fs::path output = scratch / "wheel";
  const ToolchainPlace toolchain(source, compilers, settings, scratch);
  BuildOptions plain = options;
  std::optional<Error> no_compiler;
  try {
    if (!target.machine) build_for_target(compilers, from, settings, source, toolchain.folder(), options);
  } catch (const Error& error) {
    if (compilers != Compilers::c) throw;
    no_compiler = error;  // which counts when one is called: C may be there that nothing compiles
    build_for_target(Compilers::none, from, settings, source, scratch, plain);
  }
  if (compilers == Compilers::none || target.any_architecture || no_compiler) {
    fs::path built = build_wheel(source, build_system, output, no_compiler ? plain : options);
    if (no_compiler && !is_pure(built)) throw *no_compiler;
    require_fit(WheelName::parse(built.filename().string()).value(), target);
    return built;
  }
  fs::path built;
  try {
    built = build_wheel(source, build_system, output, options);
  } catch (const Error& error) {
    refuse_build(from, target, error);
  }
  const bool calls = read_file_if_there(toolchain.folder() / "calls").has_value();
  check_built_wheel(from, built, target, compilers == Compilers::rust || calls);
  return built;
}

}  // namespace lambda_pack
