#include "commands/rust_builds.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/interpreter_search.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// As Rust names Lambda's systems: https://doc.rust-lang.org/rustc/platform-support.html
std::string triple_of(const Target& target) {
  return std::string(machine_name(target.architecture)) + "-unknown-linux-gnu";
}

std::string mapped(std::string text, char (*change)(char)) {
  std::transform(text.begin(), text.end(), text.begin(), change);
  return text;
}

char underscored(char c) { return c == '-' ? '_' : c; }
char raised(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(underscored(c)))); }

// https://doc.rust-lang.org/cargo/reference/environment-variables.html#configuration-environment-variables
std::string linker_variable(const std::string& triple) { return "CARGO_TARGET_" + mapped(triple, raised) + "_LINKER"; }

// What rustc answers in the source's folder, which may name a release of Rust (rust-toolchain.toml).
Outcome ask_rustc(std::vector<std::string> words, const fs::path& source) {
  Command command;
  command.arguments = {"rustc"};
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  command.folder = source;
  return run(command);
}

// "host: x86_64-unknown-linux-gnu" of `rustc -vV`.
std::string own_triple(const fs::path& source) {
  const Outcome outcome = ask_rustc({"-vV"}, source);
  for (const std::string_view line : split(outcome.output, '\n')) {
    if (line.starts_with("host: ")) return std::string(trimmed(line.substr(6)));
  }
  throw Error(with_output("rustc does not say for what it compiles", outcome), "see that `rustc -vV` works here");
}

void require_standard_library(const BuildOrigin& from, const Target& target, const fs::path& source) {
  const std::string triple = triple_of(target);
  const Outcome outcome = ask_rustc({"--print", "target-libdir", "--target", triple}, source);
  std::error_code error;
  if (outcome.succeeded() && fs::is_directory(std::string(trimmed(outcome.output)), error)) return;
  throw Error(from.what + " is written in Rust, and the Rust of this machine does not compile for " + triple,
              "rustup target add " + triple + or_a_release(from, target));
}

std::string cargo_home() {
  if (const char* named = std::getenv("CARGO_HOME")) return named;
  const char* home = std::getenv("HOME");
  return home == nullptr ? "" : std::string(home) + "/.cargo";
}

}  // namespace

void require_rust(const BuildOrigin& from, const Target& target, const fs::path& source) {
  const std::string triple = triple_of(target);
  if (!find_program("cargo") || !find_program("rustc")) {
    throw Error(from.what + " is written in Rust, and there is no cargo to build it for " + triple,
                "install Rust (https://rustup.rs, or the system's packages)" + or_a_release(from, target));
  }
  require_standard_library(from, target, source);
}

void build_rust_for_target(const Target& target, const fs::path& source, const fs::path& scratch,
                           BuildOptions& options) {
  const std::string own = own_triple(source), triple = triple_of(target);
  const fs::path folder = scratch / "toolchain";
  std::map<std::string, std::optional<std::string>>& variables = options.variables;
  // Build scripts and macros run here; where that is not Linux, the machine's own compiler links them.
  variables["HOST_CC"] =
      own.find("-linux-") == std::string::npos ? "/usr/bin/cc" : (folder / "bin/own-linker").string();
  variables[linker_variable(own)] = variables["HOST_CC"];
  variables[linker_variable(triple)] = (folder / "bin/rust-linker").string();
  // The same for C in crates: https://docs.rs/cc/latest/cc/#external-configuration-via-environment-variables
  variables["CC_" + mapped(triple, underscored)] = (folder / "bin/cc").string();
  variables["CXX_" + mapped(triple, underscored)] = (folder / "bin/c++").string();
  variables["CARGO_BUILD_TARGET"] = triple;
  // Encoded, words may have spaces: https://doc.rust-lang.org/cargo/reference/environment-variables.html
  std::string flags = "-Cstrip=symbols";
  const std::string home = cargo_home();
  for (const auto& [from, to] : {std::pair(scratch.string(), "."), {source.string(), "."}, {home, "cargo"}}) {
    if (!from.empty()) flags += "\x1f--remap-path-prefix=" + from + "=" + to;
  }
  variables["RUSTFLAGS"] = std::nullopt;
  variables["CARGO_ENCODED_RUSTFLAGS"] = flags;
  if (options.offline) variables["CARGO_NET_OFFLINE"] = "true";
  if (own_machine() != machine_name(target.architecture)) {
    variables["PYO3_CROSS_LIB_DIR"] = (folder / "pyo3").string();
    variables["PYO3_CROSS_PYTHON_VERSION"] = "3." + std::to_string(target.runtime->minor);
  }
}

void leave_out_folder_names(const fs::path& source) {
  const fs::path file = source / "pyproject.toml";
  const std::string text = read_file_if_there(file).value_or("");
  if (text.find("tool.maturin.sbom") != std::string::npos) return;
  NewFile changed(file);
  changed.write(text + "\n[tool.maturin.sbom]\nrust = false\n");
  changed.commit();
}

}  // namespace lambda_pack
