#include "build/interpreter.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"

extern char** environ;

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr int kOldestMinor = 8;

// Runs on any Python, so that an old one can be refused by name. The marker skips what a sitecustomize prints.
constexpr const char* kQuestion = R"(
import os, sys, sysconfig
base = sys.executable
if sys.prefix != getattr(sys, "base_prefix", sys.prefix):
    base = getattr(sys, "_base_executable", None) or base
version = ".".join(map(str, sys.version_info[:3]))
implementation = getattr(getattr(sys, "implementation", None), "cache_tag", "python")
sys.stdout.write("\nlambda-pack asks\n%s\n%s\n%s %s %s\n" % (
    os.path.realpath(base), version, implementation, sys.version.replace("\n", " "), sysconfig.get_platform()))
)";

// Three lines: executable, version, identity.
std::optional<Interpreter> parse_answer(const std::vector<std::string_view>& lines) {
  if (lines.size() < 3) return std::nullopt;
  Interpreter result{std::string(lines[0]), std::string(lines[1]), 0, std::string(lines[2])};
  const auto parts = split(lines[1], '.');
  if (parts.size() != 3) return std::nullopt;
  int major = 0;
  std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), major);
  std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), result.minor);
  if (major < 3 || (major == 3 && result.minor < kOldestMinor)) {
    throw Error(result.executable.string() + " is Python " + result.version + ", too old to run build backends",
                "name an interpreter from 3.8 on: --python FILE");
  }
  return result;
}

Interpreter ask(const fs::path& program, const fs::path& folder) {
  Command command;
  command.arguments = {program.string(), "-E", "-s", "-c", kQuestion};
  command.folder = folder;
  command.environment = without_python_settings();
  const Outcome outcome = run(command);
  constexpr std::string_view kMarker = "\nlambda-pack asks\n";
  const std::size_t marker = outcome.output.rfind(kMarker);
  if (outcome.succeeded() && marker != std::string::npos) {
    const std::string_view answer = std::string_view(outcome.output).substr(marker + kMarker.size());
    if (auto interpreter = parse_answer(split(answer, '\n'))) return *interpreter;
  }
  throw Error(with_output(program.string() + " does not run as a Python interpreter", outcome),
              "name another: --python FILE");
}

}  // namespace

// Version managers (pyenv, asdf, mise) put a script, or a link to themselves, where an interpreter is expected.
bool is_shim(const fs::path& program) {
  std::error_code error;
  const fs::path resolved = fs::canonical(program, error);
  const std::string name = lowered(resolved.filename().string());
  if (error || !(name.starts_with("python") || name.starts_with("pypy"))) return true;
  std::ifstream file(resolved, std::ios::binary);
  return file.get() == '#' && file.get() == '!';
}

// Its own variables and the version files from `folder` upwards and in the home.
std::string what_a_shim_reads(const fs::path& folder) {
  std::vector<std::string> parts;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto is_about = [text](std::string_view prefix) { return text.starts_with(prefix); };
    if (is_about("PATH=") || is_about("PYENV_") || is_about("ASDF_") || is_about("MISE_") || is_about("RTX_")) {
      parts.emplace_back(text);
    }
  }
  std::sort(parts.begin(), parts.end());
  const auto add = [&parts](const fs::path& path) {
    if (const auto text = read_file_if_there(path)) parts.push_back(path.string() + '\n' + *text);
  };
  const auto add_version_files = [&add](const fs::path& place) {
    for (const char* name : {".python-version", ".tool-versions", "mise.toml", ".mise.toml"}) add(place / name);
  };
  for (fs::path place = fs::absolute(folder);; place = place.parent_path()) {
    add_version_files(place);
    if (place == place.root_path()) break;
  }
  if (const char* home = std::getenv("HOME")) {
    add_version_files(home);
    add(fs::path(home) / ".pyenv" / "version");
    add(fs::path(home) / ".config" / "mise" / "config.toml");
  }
  if (const char* root = std::getenv("PYENV_ROOT")) add(fs::path(root) / "version");
  return join(parts, "\n");
}

Interpreter find_interpreter(const std::string& python, const fs::path& folder, const fs::path& memory) {
  const std::string name = python.empty() ? "python3" : python;
  const std::optional<fs::path> program = find_program(name);
  if (!program) {
    throw Error("there is no Python interpreter " + quote(name) + " to run build backends",
                "install Python 3.8 or later, or name one: --python FILE");
  }
  std::string asked = file_identity(*program);
  if (is_shim(*program)) asked += '\n' + what_a_shim_reads(folder);
  const fs::path remembered = memory / "interpreters" / sha256_of(asked).hex().substr(0, 20);
  if (const auto text = read_file_if_there(remembered)) {
    const auto lines = split(*text, '\n');
    if (lines.size() >= 4) {
      const auto interpreter = parse_answer({lines.begin() + 1, lines.end()});
      if (interpreter && lines[0] == file_identity(interpreter->executable)) return *interpreter;
    }
  }
  const Interpreter interpreter = ask(*program, folder);
  NewFile file(remembered);
  file.write(join({file_identity(interpreter.executable), interpreter.executable.string(), interpreter.version,
                   interpreter.identity + "\n"},
                  "\n"));
  file.commit();
  return interpreter;
}

}  // namespace lambda_pack
