#include "build/tools.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

extern char** environ;

namespace lambda_pack {

EnvironmentChanges without_python_settings() {
  EnvironmentChanges changes{{"VIRTUAL_ENV", std::nullopt}, {"CONDA_PREFIX", std::nullopt}};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (name.starts_with("PYTHON") || name == "__PYVENV_LAUNCHER__") changes[std::string(name)] = std::nullopt;
  }
  return changes;
}

EnvironmentChanges installer_settings() {
  EnvironmentChanges changes = without_python_settings();  // also PYTHONDONTWRITEBYTECODE, which stops compiling
  for (const char* name :
       {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_DRY_RUN", "PIP_NO_DEPS",
        "PIP_NO_COMPILE", "PIP_REQUIRE_HASHES", "PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_REPORT", "UV_SYSTEM_PYTHON",
        "UV_TARGET", "UV_PREFIX", "UV_NO_DEPS", "UV_REQUIRE_HASHES", "UV_PROJECT", "UV_WORKING_DIR"}) {
    changes[name] = std::nullopt;
  }
  return changes;
}

std::string with_output(std::string what, const Outcome& outcome) {
  const std::string lines = last_lines(outcome);
  return lines.empty() ? what : what + "\n" + lines;
}

namespace {

// How compilers, CMake, Meson and cargo begin to say what is wrong.
constexpr std::array<std::string_view, 5> kCauses = {": error: ", ": fatal error: ", "CMake Error",
                                                     "ERROR: ", "\nerror"};

// The first few lines of what went wrong, which a traceback below may push out of sight.
std::string first_cause(std::string_view text) {
  std::size_t at = std::string_view::npos;
  for (const std::string_view sign : kCauses) at = std::min(at, text.find(sign));
  if (at == std::string_view::npos) return {};
  const std::size_t line = text[at] == '\n' ? at + 1 : text.rfind('\n', at) + 1;
  std::size_t end = line;
  for (int lines = 0; lines < 5 && end != std::string_view::npos; ++lines) end = text.find('\n', end + 1);
  return "…\n" + std::string(text.substr(line, end == std::string_view::npos ? end : end - line)) + "\n";
}

}  // namespace

std::string last_lines(const Outcome& outcome, std::size_t lines) {
  std::string all = outcome.output;
  if (!all.empty() && all.back() != '\n') all += '\n';
  all += outcome.diagnostics;
  const std::string_view text = trimmed(all);
  std::size_t start = text.size();
  for (std::size_t seen = 0; seen < lines && start != std::string_view::npos && start > 0; ++seen) {
    start = text.rfind('\n', start - 1);
  }
  if (start == std::string_view::npos || start == 0) return std::string(text);
  return first_cause(text.substr(0, start)) + "…" + std::string(text.substr(start));
}

}  // namespace lambda_pack
