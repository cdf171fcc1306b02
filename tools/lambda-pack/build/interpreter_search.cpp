#include "build/interpreter_search.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/tools.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr const char* kQuestion =
    "import os, sys\n"
    "base = getattr(sys, '_base_executable', None) or sys.executable\n"
    "sys.stdout.write('\\nlambda-pack asks\\n%s\\n%d\\n%d\\n%s\\n%s\\n' % (base, sys.version_info[0],"
    " sys.version_info[1], os.uname()[4], getattr(sys, 'abiflags', '')))\n"
    "sys.stdout.write('%s\\n%s\\n' % ('.'.join(map(str, sys.version_info[:3])) + "
    "('' if sys.version_info[3] == 'final' else '-%s%d' % sys.version_info[3:]), sys.implementation.name))\n";

int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string as_tags_have_it(std::string machine) { return machine == "arm64" ? "aarch64" : machine; }

std::string output_of(std::vector<std::string> arguments) {
  Command command;
  command.arguments = std::move(arguments);
  command.environment = without_python_settings();
  try {
    const Outcome outcome = run(command);
    return outcome.succeeded() ? outcome.output : std::string();
  } catch (const Error&) {
    return {};  // of another architecture, or no program at all
  }
}

std::vector<fs::path> on_the_path(const std::string& name) {
  std::vector<fs::path> found;
  const char* search = std::getenv("PATH");
  for (const std::string_view folder : split(search != nullptr ? search : "/usr/local/bin:/usr/bin:/bin", ':')) {
    if (const auto program = find_program((fs::path(folder.empty() ? "." : folder) / name).string())) {
      found.push_back(*program);
    }
  }
  return found;
}

// Newest patch first. Without pyenv itself, whose shims answer only for versions that it was told to use.
std::vector<fs::path> of_pyenv(const std::string& version) {
  fs::path root;
  if (const char* chosen = std::getenv("PYENV_ROOT")) root = chosen;
  else if (const char* home = std::getenv("HOME")) root = fs::path(home) / ".pyenv";
  std::vector<std::pair<int, fs::path>> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "versions", error)) {
    const std::string name = entry.path().filename().string(), prefix = version + ".";
    if (!name.starts_with(prefix)) continue;
    if (const auto program = find_program((entry.path() / "bin" / ("python" + version)).string())) {
      found.emplace_back(number_of(std::string_view(name).substr(prefix.size())), *program);
    }
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<fs::path> programs;
  for (const auto& [patch, program] : found) programs.push_back(program);
  return programs;
}

std::vector<fs::path> of_uv(const std::string& version) {
  if (!find_program("uv")) return {};
  const std::string output = output_of({"uv", "python", "find", "--no-project", "--quiet", version});
  const std::string_view path = trimmed(output);
  return path.empty() ? std::vector<fs::path>{} : std::vector<fs::path>{fs::path(path)};
}

}  // namespace

std::string own_machine() {
  struct utsname names{};
  uname(&names);
  return as_tags_have_it(names.machine);
}

std::optional<FoundInterpreter> ask_interpreter(const fs::path& program, const fs::path& emulator) {
  std::vector<std::string> arguments{program.string(), "-E", "-S", "-c", kQuestion};
  if (!emulator.empty()) arguments.insert(arguments.begin(), emulator.string());
  const std::string output = output_of(std::move(arguments));
  constexpr std::string_view kMarker = "\nlambda-pack asks\n";
  const std::size_t marker = output.rfind(kMarker);
  if (marker == std::string::npos) return std::nullopt;
  const auto lines = split(std::string_view(output).substr(marker + kMarker.size()), '\n');
  if (lines.size() < 7) return std::nullopt;
  FoundInterpreter found;
  found.executable = fs::path(lines[0]);
  found.major = number_of(lines[1]);
  found.minor = number_of(lines[2]);
  found.machine = as_tags_have_it(std::string(lines[3]));
  found.free_threaded = lines[4].find('t') != std::string_view::npos;
  found.version = lines[5];
  found.is_cpython = lines[6] == "cpython";
  return found;
}

std::vector<fs::path> interpreter_candidates(int minor, const std::string& python) {
  const std::string version = "3." + std::to_string(minor);
  std::vector<fs::path> programs;
  if (const auto program = python.empty() ? std::nullopt : find_program(python)) programs.push_back(*program);
  for (const auto& found : {on_the_path("python" + version), of_pyenv(version)}) {
    programs.insert(programs.end(), found.begin(), found.end());
  }
  return programs;
}

std::optional<FoundInterpreter> search_interpreter(int minor, const std::string& python) {
  const auto fitting = [minor](const std::vector<fs::path>& programs) -> std::optional<FoundInterpreter> {
    for (const fs::path& program : programs) {
      const std::optional<FoundInterpreter> found = ask_interpreter(program);
      if (found && found->major == 3 && found->minor == minor && !found->free_threaded) return found;
    }
    return std::nullopt;
  };
  const auto found = fitting(interpreter_candidates(minor, python));
  return found ? found : fitting(of_uv("3." + std::to_string(minor)));
}

}  // namespace lambda_pack
