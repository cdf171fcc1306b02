#include "invoke/client.hpp"

#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

#include "archive/elf.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "build/interpreter_search.hpp"
#include "build/packages.hpp"
#include "system/files.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

#ifdef __linux__
constexpr bool kIsLinux = true;
#else
constexpr bool kIsLinux = false;
#endif

struct Choice {
  FoundInterpreter interpreter;
  fs::path emulator;
};

std::string version_of(const ClientRequest& request) { return "3." + std::to_string(request.target.runtime->minor); }

// Whether this machine runs the target's machine code.
bool is_own(const Target& target) { return kIsLinux && own_machine() == machine_name(target.architecture); }

fs::path qemu_for(Architecture architecture) {
  for (const char* suffix : {"", "-static"}) {
    if (const auto found = find_program("qemu-" + std::string(machine_name(architecture)) + suffix)) return *found;
  }
  return {};
}

bool is_elf_of(const fs::path& program, Architecture architecture) {
  try {
    const std::optional<ElfFacts> facts = elf_facts(MappedFile(program).bytes());
    return facts && facts->machine == elf_machine(architecture);
  } catch (const Error&) {
    return false;
  }
}

// An interpreter of the target's architecture on another one, as far as one was named and qemu-user is there.
fs::path emulator_for(const fs::path& program, const ClientRequest& request) {
  if (is_own(request.target) || !kIsLinux || !is_elf_of(program, request.target.architecture)) return {};
  fs::path emulator = qemu_for(request.target.architecture);
  if (emulator.empty()) {
    throw Error(program.string() + " is for " + std::string(lambda_name(request.target.architecture)) +
                    ", and there is no qemu-" + std::string(machine_name(request.target.architecture)) + " on the PATH",
                "on Debian and Ubuntu: apt install qemu-user");
  }
  return emulator;
}

Choice chosen_by_user(const ClientRequest& request) {
  const std::optional<fs::path> program = find_program(request.interpreter);
  if (!program) {
    throw Error("there is no Python interpreter " + quote(request.interpreter),
                "correct LAMBDA_PYTHON_INTERPRETER (--interpreter)");
  }
  const fs::path emulator = emulator_for(*program, request);
  const std::optional<FoundInterpreter> found = ask_interpreter(*program, emulator);
  if (!found)
    throw Error(program->string() + " does not run as a Python interpreter", "name another: --interpreter FILE");
  if (found->major != 3 || found->minor != request.target.runtime->minor || found->free_threaded) {
    throw Error(program->string() + " is Python " + std::to_string(found->major) + "." + std::to_string(found->minor) +
                    (found->free_threaded ? " without the GIL" : "") + ", and " +
                    std::string(request.target.runtime->id) + " needs " + version_of(request),
                "leave out LAMBDA_PYTHON_INTERPRETER (--interpreter) to have one looked for");
  }
  Choice choice{*found, emulator};
  if (!emulator.empty()) choice.interpreter.executable = fs::canonical(*program);
  return choice;
}

Choice choose(const ClientRequest& request) {
  if (!request.interpreter.empty()) return chosen_by_user(request);
  if (const auto found = search_interpreter(request.target.runtime->minor, request.python)) return {*found, {}};
  const std::string version = version_of(request);
  throw Error("no Python " + version + " is on this machine, which " + std::string(request.target.runtime->id) +
                  " runs on: not as python" + version + " on the PATH, nor in pyenv, nor in uv",
              "uv python install " + version + "\npyenv install " + version +
                  "\nor name one: LAMBDA_PYTHON_INTERPRETER (--interpreter FILE)");
}

// A tree without machine code runs on any architecture.
void check_architecture(const ClientRequest& request, const Choice& choice) {
  if (is_own(request.target) || !choice.emulator.empty()) return;
  const std::string here = (kIsLinux ? "" : "macOS on ") + own_machine(),
                    wanted(lambda_name(request.target.architecture));
  if (!request.native_code) {
    say("the function is for " + wanted + " and runs on " + here + " here; it has no machine code");
    return;
  }
  throw Error("the function has machine code for Linux on " + wanted + ", and this is " + here,
              !kIsLinux
                  ? "run it on Linux"
                  : "name an interpreter of that architecture (LAMBDA_PYTHON_INTERPRETER, --interpreter), with qemu-" +
                        std::string(machine_name(request.target.architecture)) + " on the PATH; or take architecture " +
                        (own_machine() == "aarch64" ? "arm64" : own_machine()) + " here");
}

}  // namespace

bool holds_machine_code(const fs::path& folder) {
  constexpr std::string_view kMagic =
      "\x7f"
      "ELF";
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const bool is_library = entry.path().filename().string().find(".so") != std::string::npos;
    const bool is_program = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    if (!is_library && !is_program) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string begin(kMagic.size(), '\0');
    if (file.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == kMagic) return true;
  }
  return false;
}

fs::path interpreter_of_minor(const ClientRequest& request) {
  const Choice choice = choose(request);
  check_architecture(request, choice);
  return choice.interpreter.executable;
}

Client client_for(const ClientRequest& request) {
  const Choice choice = choose(request);
  check_architecture(request, choice);
  PackagesRequest packages;
  packages.purpose = "the runtime interface client";
  packages.requirements = {"awslambdaric", "boto3"};
  if (request.debugger) packages.requirements.emplace_back("debugpy");
  packages.minor = choice.interpreter.minor;
  packages.foreign = !choice.emulator.empty();
  packages.machine = choice.interpreter.machine;
  packages.interpreter = choice.interpreter.executable;
  packages.python = request.python.empty() ? "python3" : request.python;
  packages.parent = request.environments;
  packages.project = request.project;
  packages.offline = request.offline;
  return {choice.interpreter.executable, choice.emulator, packages_for(packages), 0};
}

}  // namespace lambda_pack
