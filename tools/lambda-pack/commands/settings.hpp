// What a subcommand is told: settings.json and flags.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

// Each key of settings.json is a flag of the same name (`"group": ["api"]` is `--group api`); a flag wins. Paths in
// settings.json are absolute; on the command line they are relative to the current folder.
struct Settings {
  std::string name;               // the package's; default: the output's file name
  std::filesystem::path project;  // the folder with pyproject.toml
  std::filesystem::path lock;     // default: the lock that is in `project`
  std::string runtime;            // "python3.12"
  std::string architecture = "x86_64";
  std::string handler;
  std::vector<std::string> groups, extras, provided, source_builds;
  std::string kind = "function";  // "layer": what export, fetch, stage and zip make
  std::string layer_name;         // of the layer in AWS; default: `name`
  std::vector<std::string> compatible_runtimes, compatible_architectures;  // of the layer
  std::vector<std::string> distributions;    // of the layer: these with what they need; empty: all of the lock
  std::vector<std::string> layer_manifests;  // of the layers that the function is attached to, in order
  std::vector<std::string> external_layers;  // "<arn>=<unzipped size>": further ones, which AWS has already
  bool any_architecture = false;        // only what runs on every architecture is selected; set for layers, no flag
  std::vector<std::string> files;       // "source=destination"
  std::vector<std::string> extensions;  // "file=place": extension modules of the user's own build
  bool strip_extensions = false;        // package them without symbols and debugging information
  std::vector<std::string> build_environment;  // "distribution:K=V": for builds from source
  std::string zig;                     // compiles for the target; default: LAMBDA_PYTHON_ZIG, else that of the index
  std::vector<std::string> with;       // requirements whose files a toolchain brings
  std::vector<std::string> exclude;    // patterns below the task root
  std::string bytecode = "auto";       // auto, on, off: see commands/bytecode_choice.hpp
  std::vector<std::string> depends;    // further files that the outcome depends on: named in depfiles
  std::filesystem::path output;        // the zip (zip), the folder (stage), the wheel's folder (wheel)
  std::string member;                  // export: of the uv workspace whose root `project` is
  std::filesystem::path requirements;  // where export writes requirements.txt; default: stdout
  std::filesystem::path pylock;        // where export writes a pylock.toml as well
  std::filesystem::path manifest;      // what report, deploy and handoff read
  std::filesystem::path work;      // a build tree's folder for this package: stamps, depfiles, artifacts of the steps
  std::filesystem::path store;     // default: LAMBDA_PYTHON_STORE, else the user's cache folder
  std::string python = "python3";  // runs build backends
  std::string interpreter;         // runs functions and tests; of the runtime's minor
  std::string function_name;       // default: `name`
  std::optional<int> memory;       // MB; Lambda's own default is kDefaultMemory
  std::optional<int> timeout;      // seconds; Lambda's own default is kDefaultTimeout
  std::vector<std::string> environment;    // "K=V", or "K": the value that K has in the environment of lambda-pack
  std::vector<std::string> layers;         // folders of unpacked layers
  std::filesystem::path event;             // JSON; "-" is stdin
  std::string role;                        // execution role of the function: ARN or name
  std::optional<std::string> description;  // of the function
  std::vector<std::string> tags;           // "K=V"
  std::vector<std::string> layer_arns;     // versions of layers to attach
  std::string alias;                       // points at a version of what was deployed
  std::string s3_bucket;                   // for zips that are too large for the API
  std::string profile, region;             // as the AWS CLI takes them
  std::string format;                      // what handoff writes; default: all
  std::string host = "127.0.0.1";          // serve: where it listens
  int port = 9001;                         // 0: a free one
  int concurrency = 16;                    // processes of a function at most
  int debug_port = 0;                      // where a debugger attaches; 0: none
  bool watch = false;                      // build again when a source changes
  std::filesystem::path venv;              // virtual environment to make; those of tests stand beside it
  std::vector<std::string> test_groups;    // dependency groups of tests; default: those that are installed unasked
  std::vector<std::string> pytest_arguments;
  bool source = false;                     // test the source instead of the staged tree
  std::string expect;                      // what an invocation must answer: JSON, or a file of it
  std::vector<std::string> build_command;  // what brings the staged tree up to date: a program and its arguments
  std::filesystem::path include;           // settings that count where this file is silent
  bool offline = false;                    // nothing may be fetched
  bool makefiles = false;                  // the build tool is make: depfiles name the artifact as well
  bool create_role = false;                // make the role when it is missing
  bool dry_run = false;                    // show the plan of a deployment, change nothing
  bool json = false;                       // results as JSON
};

// Reads settings.json into `settings`, the file it includes first. Throws Error naming the file, the key and what is
// wrong with it.
void apply_settings_file(const std::filesystem::path& file, Settings& settings);

// Whether a variable of the environment says yes; null is no.
bool is_on(const char* value);

// Fills in what has a default elsewhere (store, offline from the environment) and makes every path absolute.
void complete(Settings& settings);

}  // namespace lambda_pack
