// lambda-pack: one step of packaging a Python project for AWS Lambda each time it is called.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/flags.hpp"
#include "commands/heavy.hpp"
#include "commands/serve.hpp"
#include "commands/usage.hpp"
#include "invoke/task_root.hpp"
#include "system/files.hpp"
#include "system/interrupt.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

// Exit codes: 0 done, 1 the input or the world is wrong, 2 wrong usage; 130 after Ctrl-C comes from system/interrupt.
enum ExitCode { kDone = 0, kFailed = 1, kWrongUsage = 2 };

struct Subcommand {
  const char* name;
  const char* summary;
  void (*run)(const Settings&);
  Concerns concerns;                                            // whose flags it heeds
  void (*run_several)(const std::vector<Settings>&) = nullptr;  // instead, where each --settings is a function
};

constexpr Concerns kPackage = kProject | kLayers | kContents | kOutput;

constexpr Subcommand kSubcommands[] = {
    {"export", "Write requirements.txt: what the lock means for the target, hashes included", run_export,
     kProject | kLayers | kExport | kSteps},
    {"fetch", "Bring the selected wheels into the store", run_fetch, kProject | kLayers | kSteps},
    {"wheel", "Build the project's own wheel by its PEP 517 backend", run_wheel, kProject | kOutput | kSteps},
    {"stage", "Write what the zip holds as a folder", run_stage, kPackage | kSteps},
    {"zip", "Write the zip that Lambda runs, and its manifest", run_zip, kPackage | kSteps},
    {"toolchain", "Make a folder of compilers for the target's system, and a CMake toolchain file", run_toolchain,
     kProject | kToolchain | kOutput | kSteps},
    {"check", "Make all checks of the package without writing it", run_check, kProject | kLayers | kContents | kSteps},
    {"report", "Say what is in a zip", run_report, kOutput},
    {"invoke", "Run the function on this machine, once, as Lambda would", run_invoke,
     kPackage | kFunction | kRuns | kInvocation},
    {"test", "Run pytest on the staged tree, or on the source", run_test, kPackage | kFunction | kRuns | kTests},
    {"venv", "Make a virtual environment of the lock for this machine, as poetry install does", run_venv,
     kProject | kTests},
    {"serve", "Answer the AWS API's Invoke on this machine, for one function or several", nullptr,
     kPackage | kFunction | kRuns | kServing, run_serve},
    {"deploy", "Bring functions in AWS to what is described: code, configuration, alias", nullptr,
     kLayers | kFunction | kOutput | kAws, run_deploy},
    {"remote-invoke", "Invoke the function in AWS", run_remote_invoke, kFunction | kInvocation | kAws},
    {"handoff", "Write what Terraform, SAM, CloudFormation, CDK or the AWS CLI deploy the zip with", run_handoff,
     kLayers | kFunction | kOutput | kAws | kHandoff},
};

// What find_package(LambdaPython) looks for, in the install tree that this program stands in. Throws Error where it
// stands in none.
std::filesystem::path cmake_package_folder() {
  const std::filesystem::path folder = this_executable().parent_path().parent_path() / "share/cmake/LambdaPython";
  if (std::filesystem::exists(folder / "LambdaPythonConfig.cmake")) return folder;
  throw Error("there is no CMake package beside this program: " + folder.string() + " is not there",
              "cmake --install makes an install tree, with both; a build tree has add_subdirectory");
}

// The files that --settings names, wherever it stands.
std::vector<std::string> settings_files(int argc, char** argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--settings" && i + 1 < argc) files.emplace_back(argv[i + 1]);
    if (argument.starts_with("--settings=")) files.emplace_back(argument.substr(11));
  }
  return files;
}

[[noreturn]] void become_full_program(char** argv) {
  const std::filesystem::path full = this_executable().parent_path() / "lambda-pack-full";
  std::fflush(nullptr);
  execv(full.c_str(), argv);
  throw Error("cannot start " + full.string() + ", which belongs beside lambda-pack", "install lambda-pack again");
}

// A full disk shows when the buffer is written, which may have been long ago.
void require_written_results() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw Error("writing the result to stdout failed", "see where stdout goes: a full disk, or a program that has ended");
}

// What a command line says. `exit_code` instead of a subcommand: that has been printed, and it is all.
struct Arguments {
  const Subcommand* chosen = nullptr;
  Settings settings;
  int exit_code = kDone;
};

// Only what is called gets its flags: all of them together take longer to make than a step that has nothing to do.
bool is_named(std::string_view subcommand, int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [subcommand](const char* argument) { return argument == subcommand; });
}

// The files come before the flags, so that a flag wins.
Arguments read_arguments(int argc, char** argv, const std::vector<std::string>& files) {
  Arguments arguments;
  for (const std::string& file : files) apply_settings_file(file, arguments.settings);
  CLI::App app{"Packages Python projects for AWS Lambda.", "lambda-pack"};
  app.set_version_flag("--version", "lambda-pack " LAMBDA_PACK_VERSION);
  app.add_flag_callback(
      "--cmake-dir", [] { throw CLI::CallForVersion(cmake_package_folder().string(), 0); },
      "Print the folder of the CMake package that came with this program, for LambdaPython_DIR, and exit");
  app.require_subcommand(1);
  bool quiet = false, verbose = false;
  std::vector<std::string> seen_files;
  for (const Subcommand& subcommand : kSubcommands) {
    CLI::App* sub = app.add_subcommand(subcommand.name, subcommand.summary);
    sub->callback([&] { arguments.chosen = &subcommand; });
    if (!is_named(subcommand.name, argc, argv)) continue;
    sub->add_option("--settings", seen_files, "JSON file with the values of any of these flags")
        ->allow_extra_args(false);
    add_flags(*sub, arguments.settings, subcommand.concerns);
    sub->add_flag("--quiet", quiet, "Say nothing but warnings and errors");
    sub->add_flag("--verbose", verbose, "Say what is done");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    arguments.chosen = nullptr;
    arguments.exit_code = app.exit(success);
    return arguments;
  } catch (const CLI::ParseError& error) {
    print_error(usage_error(app, error));
    arguments.chosen = nullptr;
    arguments.exit_code = kWrongUsage;
    return arguments;
  }
  set_verbosity(quiet ? Verbosity::quiet : verbose ? Verbosity::verbose : Verbosity::normal);
  complete(arguments.settings);
  return arguments;
}

// Each file by itself, with the same flags.
std::vector<Settings> settings_of_each(int argc, char** argv, const std::vector<std::string>& files) {
  std::vector<Settings> each;
  for (const std::string& file : files) each.push_back(read_arguments(argc, argv, {file}).settings);
  return each;
}

int run(int argc, char** argv) {
  const std::vector<std::string> files = settings_files(argc, argv);
  const Arguments arguments = read_arguments(argc, argv, files);
  if (arguments.chosen == nullptr) return arguments.exit_code;
  if (arguments.chosen->run_several == nullptr) {
    arguments.chosen->run(arguments.settings);
  } else if (files.size() > 1) {
    arguments.chosen->run_several(settings_of_each(argc, argv, files));
  } else {
    arguments.chosen->run_several({arguments.settings});
  }
  require_written_results();
  return kDone;
}

int run_or_become_full(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const NeedsFullProgram&) {
    become_full_program(argv);
  } catch (const std::filesystem::filesystem_error& error) {
    throw_system_error("using", error.path1(), error.code().value());
  } catch (const std::bad_alloc&) {
    throw Error("there is not enough memory", "the largest wheels must fit into it, unpacked");
  }
}

}  // namespace
}  // namespace lambda_pack

int main(int argc, char** argv) {
  using namespace lambda_pack;
  if (argc > 2 && argv[1] == kEnterTaskRoot) return enter_task_root(argv + 2);
  reserve_standard_streams();
  clean_up_when_interrupted();
  try {
    return run_or_become_full(argc, argv);
  } catch (const Error& error) {
    print_error(error);
  } catch (const std::exception& error) {
    print_error(Error(error.what()));
  }
  return kFailed;
}
