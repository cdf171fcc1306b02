#include "build/packages.hpp"

#include <algorithm>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// Changes when folders are made in another way, so that older ones are left alone.
constexpr std::string_view kFormat = "lambda-pack packages 1";

using Words = std::vector<std::string>;

std::string version_of(const PackagesRequest& request) { return "3." + std::to_string(request.minor); }

std::string name_of(const PackagesRequest& request) {
  Words parts{std::string(kFormat), request.machine, request.foreign ? "foreign" : "own"};
  Words requirements = request.requirements;
  std::sort(requirements.begin(), requirements.end());
  parts.insert(parts.end(), requirements.begin(), requirements.end());
  return "packages-" + version_of(request) + "-" + request.machine + "-" +
         sha256_of(join(parts, "\n")).hex().substr(0, 12);
}

Words uv_command(const fs::path& uv, const PackagesRequest& request, const fs::path& folder) {
  Words words{uv.string(), "pip", "install", "--quiet", "--target", folder.string()};
  if (request.foreign) {
    words.insert(words.end(), {"--python-version", version_of(request), "--python-platform",
                               request.machine + "-unknown-linux-gnu", "--only-binary", ":all:"});
  } else {
    words.insert(words.end(), {"--compile-bytecode", "--python", request.interpreter.string()});
  }
  if (request.offline) words.emplace_back("--offline");
  return words;
}

// `own`: the interpreter that will use them runs pip itself.
Words pip_command(const std::string& python, bool own, const PackagesRequest& request, const fs::path& folder) {
  Words words{python,    "-m",      "pip",      "--no-input",   "--disable-pip-version-check",
              "--quiet", "install", "--target", folder.string()};
  if (!own) {
    words.insert(words.end(),
                 {"--only-binary", ":all:", "--implementation", "cp", "--python-version", version_of(request)});
  }
  if (request.foreign) {
    for (const char* platform : {"manylinux2014_", "manylinux_2_28_", "manylinux_2_34_"}) {
      words.insert(words.end(), {"--platform", platform + request.machine});
    }
  }
  if (request.offline) words.emplace_back("--no-index");
  return words;
}

Outcome run_installer(Words words, const PackagesRequest& request) {
  words.insert(words.end(), request.requirements.begin(), request.requirements.end());
  Command command;
  command.arguments = std::move(words);
  command.folder = request.project;
  command.environment = installer_settings();
  return run(command);
}

bool has_no_pip(const Outcome& outcome) {
  return !outcome.succeeded() && outcome.diagnostics.find("No module named pip") != std::string::npos;
}

Outcome install(const PackagesRequest& request, const fs::path& folder, std::string& tool) {
  if (const auto uv = find_program("uv")) {
    tool = "uv";
    return run_installer(uv_command(*uv, request, folder), request);
  }
  tool = "pip";
  if (!request.foreign) {
    Outcome outcome = run_installer(pip_command(request.interpreter.string(), true, request, folder), request);
    if (!has_no_pip(outcome)) return outcome;
  }
  return run_installer(pip_command(request.python, false, request, folder), request);
}

[[noreturn]] void refuse(const PackagesRequest& request, const std::string& tool, const Outcome& outcome) {
  const std::string what = "cannot install " + request.purpose + " (" + join(request.requirements) + ") for Python " +
                           version_of(request) + " by " + tool + (request.offline ? " while offline" : "");
  throw Error(with_output(what, outcome),
              request.offline
                  ? "run it once with the network, so that the folder is kept; or give the installer a folder "
                    "of wheels (PIP_FIND_LINKS, UV_FIND_LINKS)"
              : has_no_pip(outcome) ? "install uv, or pip for " + request.python
                                    : "check that " + tool + " reaches its index");
}

}  // namespace

fs::path packages_for(const PackagesRequest& request) {
  const std::string name = name_of(request);
  const fs::path kept = request.parent / name;
  std::error_code error;
  if (fs::is_directory(kept, error)) return kept;
  fs::create_directories(request.parent, error);
  if (error) throw_system_error("making the folder", request.parent, error.value());
  const FileLock lock(request.parent / (name + ".lock"));
  if (fs::is_directory(kept, error)) return kept;  // another process made it meanwhile
  say("installing " + request.purpose + " for Python " + version_of(request) + " (" + join(request.requirements) + ")");
  const TemporaryFolder scratch(request.parent, name + "-");
  std::string tool;
  const Outcome outcome = install(request, scratch.path() / "packages", tool);
  if (!outcome.succeeded()) refuse(request, tool, outcome);
  fs::rename(scratch.path() / "packages", kept);
  return kept;
}

}  // namespace lambda_pack
