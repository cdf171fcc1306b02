#include "build/interpreter_memory.hpp"

#include <charconv>
#include <cstdlib>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/interpreter.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kNone = "none";

// Where uv keeps the interpreters that it installs: https://docs.astral.sh/uv/reference/environment.
fs::path folder_of_uv() {
  if (const char* chosen = std::getenv("UV_PYTHON_INSTALL_DIR")) return chosen;
  if (const char* data = std::getenv("XDG_DATA_HOME")) return fs::path(data) / "uv" / "python";
  const char* home = std::getenv("HOME");
  return home == nullptr ? fs::path() : fs::path(home) / ".local" / "share" / "uv" / "python";
}

// Everything that the search may look at, as a text.
std::string surroundings(int minor, const std::vector<fs::path>& candidates) {
  std::string text = "interpreter of 3." + std::to_string(minor) + "\n";
  bool shims = false;
  for (const fs::path& program : candidates) {
    text += file_identity(program) + "\n";
    shims = shims || is_shim(program);
  }
  if (shims) text += what_a_shim_reads(fs::current_path()) + "\n";
  if (const auto uv = find_program("uv")) text += file_identity(*uv) + "\n" + file_identity(folder_of_uv()) + "\n";
  return text;
}

// Nothing for a record that says nothing of what is there now.
std::optional<FoundInterpreter> from_record(const std::vector<std::string_view>& lines) {
  FoundInterpreter found;
  found.executable = fs::path(lines[1]);
  if (lines[0] != file_identity(found.executable)) return std::nullopt;
  found.major = 3;
  found.version = lines[2];
  const auto parts = split(lines[2], '.');
  if (parts.size() < 2) return std::nullopt;
  std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), found.minor);
  found.machine = lines[3];
  found.is_cpython = true;
  return found;
}

std::optional<FoundInterpreter> search(int minor, const std::string& interpreter, const std::string& python) {
  const auto program = interpreter.empty() ? std::nullopt : find_program(interpreter);
  if (!interpreter.empty() && !program) return std::nullopt;
  const auto found = program ? ask_interpreter(*program) : search_interpreter(minor, python);
  const bool fits = found && found->major == 3 && found->minor == minor && !found->free_threaded && found->is_cpython;
  return fits ? found : std::nullopt;
}

// A memory that cannot be written is no error: the search is then made anew each time.
void remember(const fs::path& record, const std::optional<FoundInterpreter>& found) {
  const std::string text =
      !found
          ? std::string(kNone)
          : join({file_identity(found->executable), found->executable.string(), found->version, found->machine}, "\n");
  try {
    write_if_different(record, text + "\n");
  } catch (const Error&) {
  }
}

}  // namespace

std::optional<FoundInterpreter> remembered_interpreter(int minor, const std::string& interpreter,
                                                       const std::string& python, const fs::path& memory) {
  std::vector<fs::path> candidates;
  if (interpreter.empty()) {
    candidates = interpreter_candidates(minor, python);
  } else if (const auto program = find_program(interpreter)) {
    candidates.push_back(*program);
  }
  const std::string key = sha256_of(surroundings(minor, candidates) + interpreter).hex().substr(0, 20);
  const fs::path record = memory / "interpreters" / ("of-3." + std::to_string(minor) + "-" + key);
  if (const auto text = read_file_if_there(record)) {
    const auto lines = split(*text, '\n');
    if (lines[0] == kNone) return std::nullopt;
    const auto found = lines.size() >= 4 ? from_record(lines) : std::nullopt;
    if (found) return found;
  }
  const std::optional<FoundInterpreter> found = search(minor, interpreter, python);
  remember(record, found);
  return found;
}

}  // namespace lambda_pack
