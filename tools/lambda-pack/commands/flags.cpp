#include "commands/flags.hpp"

#include <charconv>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr int kDefaultDebugPort = 5678;  // debugpy's own

using Texts = std::vector<std::string>;

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

// Flags below one heading of the help, or not in it.
class Flags {
 public:
  Flags(CLI::App& app, const char* heading) : app_(app), heading_(heading) {}

  template <typename Value>
  CLI::Option* one(const char* flag, Value& value, const char* help) {
    return app_.add_option(flag, value, help)->group(heading_);
  }

  // Repeatable: each takes one value.
  void list(const char* flag, Texts& values, const char* help) {
    app_.add_option(flag, values, help)->allow_extra_args(false)->group(heading_);
  }

  void yes(const char* flag, bool& value, const char* help) { app_.add_flag(flag, value, help)->group(heading_); }

  void optional_port(const char* flag, int& port, const char* help) {
    app_.add_option_function<std::string>(
            flag, [&port](const std::string& text) { port = debug_port(text); }, help)
        ->expected(0, 1)
        ->group(heading_);
  }

 private:
  CLI::App& app_;
  const char* heading_;
};

void add_project(Flags flags, Settings& settings) {
  flags.one("--project", settings.project, "Folder with pyproject.toml, the lock and the source");
  flags.one("--lock", settings.lock, "Lock file, when it is not the one in the project's folder");
  flags.one("--runtime", settings.runtime, "Lambda runtime: python3.8 to python3.14");
  flags.one("--architecture", settings.architecture, "x86_64 (default) or arm64");
  flags.list("--group", settings.groups, "Dependency group beside the main dependencies (repeatable)");
  flags.list("--extra", settings.extras, "Extra of the project (repeatable)");
  flags.list("--provided", settings.provided, "Distribution that the runtime has; left out with what only it needs");
  flags.list("--distribution", settings.distributions, "Take only this of the lock, with what it needs (repeatable)");
  flags.list("--source-build", settings.source_builds, "Distribution that may be built from its sdist (repeatable)");
  flags.list("--build-env", settings.build_environment,
             "Environment variable of a distribution's build: DISTRIBUTION:NAME=VALUE (repeatable)");
  flags.one("--zig", settings.zig, "A zig that compiles for the target; default: one is installed");
  flags.one("--python", settings.python, "Python that runs build backends; default: python3");
  flags.one("--store", settings.store, "Folder of the shared store; default: LAMBDA_PYTHON_STORE, or the cache");
  flags.yes("--offline", settings.offline, "Fetch nothing");
}

void add_layers(Flags flags, Settings& settings) {
  flags.list("--layer-manifest", settings.layer_manifests, "Manifest of a layer that the function is attached to");
  flags.list("--external-layer", settings.external_layers,
             "Version of a layer that AWS has: <arn>=<unzipped size> (repeatable)");
}

void add_export(Flags flags, Settings& settings) {
  flags.one("--requirements", settings.requirements, "Where export writes requirements.txt; default: stdout");
  flags.one("--pylock", settings.pylock, "Where export writes pylock.toml or pylock.<name>.toml (PEP 751)");
  flags.one("--member", settings.member, "Member of the uv workspace to export, with --project its root");
}

void add_contents(Flags flags, Settings& settings) {
  flags.one("--handler", settings.handler, "Handler: package.module.function");
  flags.list("--file", settings.files, "Extra file or folder: source=destination (repeatable)");
  flags.list("--extension", settings.extensions,
             "Extension module of your own build: file=place in the zip (repeatable)");
  flags.yes("--strip-extensions", settings.strip_extensions, "Package them without symbols and debugging information");
  flags.list("--exclude", settings.exclude, "Pattern of files of wheels to leave out (repeatable)");
  flags.one("--bytecode", settings.bytecode, "auto (default), on or off: ship bytecode of every module");
  flags.one("--kind", settings.kind, "What is made: function (default) or layer");
  flags.one("--layer-name", settings.layer_name, "Name of the layer in AWS; default: that of the package");
  flags.list("--compatible-runtime", settings.compatible_runtimes, "Runtime that the layer is for (repeatable)");
  flags.list("--compatible-architecture", settings.compatible_architectures,
             "Architecture that the layer is for (repeatable)");
}

void add_output(Flags flags, Settings& settings) {
  flags.one("--output", settings.output,
            "The zip (zip, deploy), the folder (stage, wheel, toolchain), the file or folder (handoff)");
  flags.one("--name", settings.name, "Name of the package; default: that of the output");
  flags.one("--manifest", settings.manifest, "Manifest of a zip, for report, deploy and handoff");
  flags.yes("--json", settings.json, "Print results as JSON");
}

void add_toolchain(Flags flags, Settings& settings) {
  flags.list("--with", settings.with, "Distribution whose files a toolchain brings: nanobind, pybind11 (repeatable)");
}

void add_function(Flags flags, Settings& settings) {
  flags.one("--function-name", settings.function_name, "Name of the Lambda function; default: the package's");
  flags.one("--memory", settings.memory, "Memory size of the function in MB (128)");
  flags.one("--timeout", settings.timeout, "Timeout of the function in seconds (3)");
  flags.list("--env", settings.environment,
             "Environment variable of the function: NAME=VALUE, or NAME for the value it has here (repeatable)");
}

void add_runs(Flags flags, Settings& settings) {
  flags.one("--interpreter", settings.interpreter, "Python of the runtime's minor that runs functions and tests");
  flags.list("--layer", settings.layers, "Folder of an unpacked layer (repeatable)");
  flags.optional_port("--debug", settings.debug_port, "Wait for a debugger (debugpy) at a port (5678)");
}

void add_invocation(Flags flags, Settings& settings) {
  flags.one("--event", settings.event, "JSON file that an invocation gets; - is stdin");
  flags.one("--expect", settings.expect, "What an invocation must answer: JSON, or a file of it");
}

void add_serving(Flags flags, Settings& settings) {
  flags.one("--host", settings.host, "Address to serve at (127.0.0.1)");
  flags.one("--port", settings.port, "Port to serve at (9001); 0: a free one")->envname("LAMBDA_PYTHON_PORT");
  flags.one("--concurrency", settings.concurrency, "Processes of a served function at most (16)");
  flags.yes("--watch", settings.watch, "Build a served function again when its source changes");
}

void add_tests(Flags flags, Settings& settings) {
  flags.one("--venv", settings.venv, "Virtual environment to make; those of tests stand beside it");
  flags.list("--test-group", settings.test_groups,
             "Dependency group that tests need; default: those installed unasked");
  flags.list("--pytest-argument", settings.pytest_arguments, "Argument of pytest: --pytest-argument=-x (repeatable)");
  flags.yes("--source", settings.source, "Test the source, in editable form, instead of the staged tree");
}

void add_aws(Flags flags, Settings& settings) {
  flags.one("--role", settings.role, "Execution role of the function: its ARN or its name");
  flags.yes("--create-role", settings.create_role, "Make the role when there is none of that name");
  flags.one("--description", settings.description, "Description of the function");
  flags.list("--tag", settings.tags, "Tag of the function: KEY=VALUE (repeatable)");
  flags.list("--layer-arn", settings.layer_arns, "ARN of a layer's version to attach to the function (repeatable)");
  flags.one("--alias", settings.alias, "Publish a version of the function, and point this alias at it");
  flags.one("--s3-bucket", settings.s3_bucket, "Bucket through which zips above 50 MB are deployed");
  flags.one("--profile", settings.profile, "Profile of the AWS CLI's configuration");
  flags.one("--region", settings.region, "AWS region; default: the AWS CLI's");
  flags.yes("--dry-run", settings.dry_run, "Show what a deployment would change, and change nothing");
}

void add_handoff(Flags flags, Settings& settings) {
  flags.one("--format", settings.format, "terraform, sam, cloudformation, cdk or aws-cli; default: all of them");
}

void add_steps(Flags flags, Settings& settings) {
  flags.one("--work", settings.work, "A build tree's folder for stamps, depfiles and the steps' artifacts");
  flags.list("--depends", settings.depends, "Further file that the outcome depends on, for depfiles (repeatable)");
  flags.yes("--makefiles", settings.makefiles, "The build tool is make");
}

}  // namespace

void add_flags(CLI::App& app, Settings& settings, Concerns concerns) {
  constexpr struct {
    Concerns concern;
    const char* heading;
    void (*add)(Flags, Settings&);
  } kGroups[] = {{kProject, "Project", add_project},
                 {kLayers, "Layers", add_layers},
                 {kExport, "Export", add_export},
                 {kContents, "Contents", add_contents},
                 {kOutput, "Output", add_output},
                 {kToolchain, "Toolchain", add_toolchain},
                 {kFunction, "Function", add_function},
                 {kRuns, "Local runs", add_runs},
                 {kInvocation, "Invocation", add_invocation},
                 {kServing, "Serving", add_serving},
                 {kTests, "Tests", add_tests},
                 {kAws, "AWS", add_aws},
                 {kHandoff, "Handoff", add_handoff},
                 {kSteps, "Build tools", add_steps}};
  for (const auto& group : kGroups) {
    group.add(Flags(app, (concerns & group.concern) != 0 ? group.heading : ""), settings);
  }
}

}  // namespace lambda_pack
