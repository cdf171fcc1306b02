// lambda-pack: one step of packaging a Python project for AWS Lambda each time it is called.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <string>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
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

constexpr int kDefaultDebugPort = 5678;  // debugpy's own

struct Subcommand {
  const char* name;
  const char* summary;
  void (*run)(const Settings&);
  void (*run_several)(const std::vector<Settings>&) = nullptr;  // instead, where each --settings is a function
};

constexpr Subcommand kSubcommands[] = {
    {"export", "Write requirements.txt: what the lock means for the target, hashes included", run_export},
    {"fetch", "Bring the selected wheels into the store", run_fetch},
    {"wheel", "Build the project's own wheel by its PEP 517 backend", run_wheel},
    {"stage", "Write what the zip holds as a folder", run_stage},
    {"zip", "Write the zip that Lambda runs, and its manifest", run_zip},
    {"toolchain", "Make a folder of compilers for the target's system, and a CMake toolchain file", run_toolchain},
    {"check", "Make all checks of the package without writing it", run_check},
    {"report", "Say what is in a zip", run_report},
    {"invoke", "Run the function on this machine, once, as Lambda would", run_invoke},
    {"test", "Run pytest on the staged tree, or on the source", run_test},
    {"venv", "Make a virtual environment of the lock for this machine, as poetry install does", run_venv},
    {"serve", "Answer the AWS API's Invoke on this machine, for one function or several", nullptr, run_serve},
    {"deploy", "Bring functions in AWS to what is described: code, configuration, alias", nullptr, run_deploy},
    {"remote-invoke", "Invoke the function in AWS", run_remote_invoke},
    {"handoff", "Write what Terraform, SAM, CloudFormation, CDK or the AWS CLI deploy the zip with", run_handoff},
};

// What find_package(LambdaPython) looks for, in the install tree that this program stands in. Throws Error where it stands
// in none.
std::filesystem::path cmake_package_folder() {
  const std::filesystem::path folder = this_executable().parent_path().parent_path() / "share/cmake/LambdaPython";
  if (std::filesystem::exists(folder / "LambdaPythonConfig.cmake")) return folder;
  throw Error("there is no CMake package beside this program: " + folder.string() + " is not there",
              "cmake --install makes an install tree, with both; a build tree has add_subdirectory");
}

// `--debug` may stand alone.
int debug_port(const std::string& text) {
  if (text.empty() || text == "true") return kDefaultDebugPort;
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
    throw CLI::ValidationError("--debug", quote(text) + " is no port: 1 to 65535");
  }
  return port;
}

// Adds the flags; each has the name of its key in settings.json.
void add_flags(CLI::App& app, Settings& settings) {
  app.add_option("--project", settings.project, "Folder with pyproject.toml, the lock and the source");
  app.add_option("--lock", settings.lock, "Lock file, when it is not the one in the project's folder");
  app.add_option("--runtime", settings.runtime, "Lambda runtime: python3.8 to python3.14");
  app.add_option("--architecture", settings.architecture, "x86_64 (default) or arm64");
  app.add_option("--handler", settings.handler, "Handler: package.module.function");
  app.add_option("--name", settings.name, "Name of the package; default: that of the output");
  const auto add_list = [&](const char* flag, std::vector<std::string>& values, const char* help) {
    app.add_option(flag, values, help)->allow_extra_args(false);
  };
  add_list("--group", settings.groups, "Dependency group beside the main dependencies (repeatable)");
  add_list("--extra", settings.extras, "Extra of the project (repeatable)");
  add_list("--provided", settings.provided, "Distribution that the runtime has; left out with what only it needs");
  add_list("--source-build", settings.source_builds, "Distribution that may be built from its sdist (repeatable)");
  app.add_option("--kind", settings.kind, "What is made: function (default) or layer");
  app.add_option("--layer-name", settings.layer_name, "Name of the layer in AWS; default: that of the package");
  add_list("--compatible-runtime", settings.compatible_runtimes, "Runtime that the layer is for (repeatable)");
  add_list("--compatible-architecture", settings.compatible_architectures,
           "Architecture that the layer is for (repeatable)");
  add_list("--distribution", settings.distributions, "Take only this of the lock, with what it needs (repeatable)");
  add_list("--layer-manifest", settings.layer_manifests, "Manifest of a layer that the function is attached to");
  add_list("--external-layer", settings.external_layers,
           "Version of a layer that AWS has: <arn>=<unzipped size> (repeatable)");
  add_list("--file", settings.files, "Extra file or folder: source=destination (repeatable)");
  add_list("--extension", settings.extensions, "Extension module of your own build: file=place in the zip (repeatable)");
  app.add_flag("--strip-extensions", settings.strip_extensions, "Package them without symbols and debugging information");
  add_list("--build-env", settings.build_environment,
           "Environment variable of an sdist's build: DISTRIBUTION:NAME=VALUE (repeatable)");
  app.add_option("--zig", settings.zig, "A zig that compiles for the target; default: one is installed");
  add_list("--with", settings.with, "Distribution whose files a toolchain brings: nanobind, pybind11 (repeatable)");
  add_list("--exclude", settings.exclude, "Pattern of files of wheels to leave out (repeatable)");
  app.add_option("--bytecode", settings.bytecode, "auto (default), on or off: ship bytecode of every module");
  add_list("--depends", settings.depends, "Further file that the outcome depends on, for depfiles (repeatable)");
  app.add_option("--output", settings.output, "The zip (zip, deploy), the folder (stage, wheel), the file or folder (handoff)");
  app.add_option("--requirements", settings.requirements, "Where export writes requirements.txt; default: stdout");
  app.add_option("--pylock", settings.pylock, "Where export writes pylock.toml or pylock.<name>.toml (PEP 751)");
  app.add_option("--member", settings.member, "Member of the uv workspace to export, with --project its root");
  app.add_option("--manifest", settings.manifest, "Manifest of a zip, for report, deploy and handoff");
  app.add_option("--store", settings.store, "Folder of the shared store; default: LAMBDA_PYTHON_STORE, or the cache");
  app.add_option("--python", settings.python, "Python that runs build backends; default: python3");
  app.add_option("--interpreter", settings.interpreter, "Python of the runtime's minor that runs functions and tests");
  app.add_option("--function-name", settings.function_name, "Name of the Lambda function; default: the package's");
  app.add_option("--memory", settings.memory, "Memory size of the function in MB (128)");
  app.add_option("--timeout", settings.timeout, "Timeout of the function in seconds (3)");
  add_list("--env", settings.environment,
           "Environment variable of the function: NAME=VALUE, or NAME for the value it has here (repeatable)");
  add_list("--layer", settings.layers, "Folder of an unpacked layer (repeatable)");
  app.add_option("--event", settings.event, "JSON file that an invocation gets; - is stdin");
  app.add_option("--expect", settings.expect, "What an invocation must answer: JSON, or a file of it");
  app.add_option("--venv", settings.venv, "Virtual environment to make; those of tests stand beside it");
  add_list("--test-group", settings.test_groups, "Dependency group that tests need; default: those installed unasked");
  add_list("--pytest-argument", settings.pytest_arguments, "Argument of pytest: --pytest-argument=-x (repeatable)");
  app.add_flag("--source", settings.source, "Test the source, in editable form, instead of the staged tree");
  app.add_option("--role", settings.role, "Execution role of the function: its ARN or its name");
  app.add_flag("--create-role", settings.create_role, "Make the role when there is none of that name");
  app.add_option("--description", settings.description, "Description of the function");
  add_list("--tag", settings.tags, "Tag of the function: KEY=VALUE (repeatable)");
  add_list("--layer-arn", settings.layer_arns, "ARN of a layer's version to attach to the function (repeatable)");
  app.add_option("--alias", settings.alias, "Publish a version of the function, and point this alias at it");
  app.add_option("--s3-bucket", settings.s3_bucket, "Bucket through which zips above 50 MB are deployed");
  app.add_option("--profile", settings.profile, "Profile of the AWS CLI's configuration");
  app.add_option("--region", settings.region, "AWS region; default: the AWS CLI's");
  app.add_option("--format", settings.format, "terraform, sam, cloudformation, cdk or aws-cli; default: all of them");
  app.add_flag("--dry-run", settings.dry_run, "Show what a deployment would change, and change nothing");
  app.add_option("--host", settings.host, "Address to serve at (127.0.0.1)");
  app.add_option("--port", settings.port, "Port to serve at (9001); 0: a free one")->envname("LAMBDA_PYTHON_PORT");
  app.add_option("--concurrency", settings.concurrency, "Processes of a served function at most (16)");
  app.add_flag("--watch", settings.watch, "Build a served function again when its source changes");
  app.add_option_function<std::string>("--debug", [&](const std::string& port) { settings.debug_port = debug_port(port); },
                                       "Wait for a debugger (debugpy) at a port (5678)")
      ->expected(0, 1);
  app.add_option("--work", settings.work, "A build tree's folder for stamps, depfiles and the steps' artifacts");
  app.add_flag("--offline", settings.offline, "Fetch nothing");
  app.add_flag("--makefiles", settings.makefiles, "The build tool is make");
  app.add_flag("--json", settings.json, "Print results as JSON");
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
    sub->add_option("--settings", seen_files, "JSON file with the values of any of these flags")->allow_extra_args(false);
    add_flags(*sub, arguments.settings);
    sub->add_flag("--quiet", quiet, "Say nothing but warnings and errors");
    sub->add_flag("--verbose", verbose, "Say what is done");
    sub->callback([&] { arguments.chosen = &subcommand; });
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
