// lambda-pack: one step of packaging a Python project for AWS Lambda each time it is called.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "base/error.hpp"
#include "commands/commands.hpp"
#include "commands/heavy.hpp"
#include "commands/usage.hpp"
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
};

constexpr Subcommand kSubcommands[] = {
    {"export", "Write requirements.txt: what the lock means for the target, hashes included", run_export},
    {"fetch", "Bring the selected wheels into the store", run_fetch},
    {"wheel", "Build the project's own wheel by its PEP 517 backend", run_wheel},
    {"stage", "Write what the zip holds as a folder", run_stage},
    {"zip", "Write the zip that Lambda runs, and its manifest", run_zip},
    {"check", "Make all checks of the package without writing it", run_check},
    {"report", "Say what is in a zip", run_report},
};

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
  add_list("--file", settings.files, "Extra file or folder: source=destination (repeatable)");
  add_list("--exclude", settings.exclude, "Pattern of files of wheels to leave out (repeatable)");
  add_list("--depends", settings.depends, "Further file that the outcome depends on, for depfiles (repeatable)");
  app.add_option("--output", settings.output, "The zip (zip), the folder (stage, wheel)");
  app.add_option("--requirements", settings.requirements, "Where export writes requirements.txt; default: stdout");
  app.add_option("--manifest", settings.manifest, "Manifest that report reads");
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
  app.add_option("--work", settings.work, "A build tree's folder for stamps, depfiles and the steps' artifacts");
  app.add_flag("--offline", settings.offline, "Fetch nothing");
  app.add_flag("--makefiles", settings.makefiles, "The build tool is make");
  app.add_flag("--json", settings.json, "Print results as JSON");
}

// settings.json comes before the flags, wherever it stands among them, so that a flag wins.
void apply_settings_argument(int argc, char** argv, Settings& settings) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--settings" && i + 1 < argc) apply_settings_file(argv[i + 1], settings);
    if (argument.starts_with("--settings=")) apply_settings_file(argument.substr(11), settings);
  }
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

int run(int argc, char** argv) {
  Settings settings;
  apply_settings_argument(argc, argv, settings);
  CLI::App app{"Packages Python projects for AWS Lambda.", "lambda-pack"};
  app.set_version_flag("--version", "lambda-pack " LAMBDA_PACK_VERSION);
  app.require_subcommand(1);
  const Subcommand* chosen = nullptr;
  bool quiet = false, verbose = false;
  std::string settings_file;
  for (const Subcommand& subcommand : kSubcommands) {
    CLI::App* sub = app.add_subcommand(subcommand.name, subcommand.summary);
    sub->add_option("--settings", settings_file, "JSON file with the values of any of these flags");
    add_flags(*sub, settings);
    sub->add_flag("--quiet", quiet, "Say nothing but warnings and errors");
    sub->add_flag("--verbose", verbose, "Say what is done");
    sub->callback([&] { chosen = &subcommand; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    print_error(usage_error(app, error));
    return kWrongUsage;
  }
  set_verbosity(quiet ? Verbosity::quiet : verbose ? Verbosity::verbose : Verbosity::normal);
  complete(settings);
  chosen->run(settings);
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
