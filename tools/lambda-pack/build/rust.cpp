#include "build/rust.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"
#include "standards/distribution_name.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr const char* kNone = "none";

fs::path rustup_home() {
  if (const char* named = std::getenv("RUSTUP_HOME")) return named;
  const char* home = std::getenv("HOME");
  return home == nullptr ? fs::path() : fs::path(home) / ".rustup";
}

// rustup's rustc is rustup itself, which starts the one of a toolchain: the chosen one, as the last update left it.
std::string what_rustup_reads() {
  const char* chosen = std::getenv("RUSTUP_TOOLCHAIN");
  const fs::path home = rustup_home();
  std::string text = std::string(chosen == nullptr ? "" : chosen) + "\n" +
                     read_file_if_there(home / "settings.toml").value_or("") + "\n";
  std::set<std::string> toolchains;
  for (const char* folder : {"toolchains", "update-hashes"}) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(home / folder, error)) {
      toolchains.insert(file_identity(entry.path()));
    }
  }
  for (const std::string& toolchain : toolchains) text += toolchain + "\n";
  return text;
}

std::string ask_rustc(const fs::path& rustc) {
  Command command;
  command.arguments = {rustc.string(), "-vV"};
  command.folder = "/";
  try {
    const Outcome outcome = run(command);
    return outcome.succeeded() ? outcome.output : kNone;
  } catch (const Error&) {
    return kNone;  // not a program for this machine: the build will say so
  }
}

}  // namespace

bool is_rust(const fs::path& source, const BuildSystem& build_system) {
  if (build_system.backend == "maturin" || build_system.backend.starts_with("setuptools_rust")) return true;
  const auto calls_cargo = [](const std::string& requirement) {
    const std::string name = normalize_name(trimmed(requirement.substr(0, requirement.find_first_of("<>=!~;[(@"))));
    return name == "setuptools-rust" || name == "maturin";
  };
  return std::any_of(build_system.requires_.begin(), build_system.requires_.end(), calls_cargo) ||
         fs::exists(source / "Cargo.toml");
}

std::string rustc_identity(const fs::path& memory) {
  const std::optional<fs::path> rustc = find_program("rustc");
  if (!rustc) return kNone;
  std::error_code error;
  const fs::path program = fs::canonical(*rustc, error);
  std::string asked = rustc->string() + "\n" + file_identity(error ? *rustc : program);
  if (program.filename() == "rustup") asked += "\n" + what_rustup_reads();
  const fs::path record = memory / "compilers" / sha256_of(asked).hex().substr(0, 20);
  if (const auto answer = read_file_if_there(record)) return *answer;
  const std::string answer = ask_rustc(*rustc);
  try {
    if (answer != kNone) write_if_different(record, answer);
  } catch (const Error&) {
    // A store that cannot be written: it is asked again.
  }
  return answer;
}

}  // namespace lambda_pack
