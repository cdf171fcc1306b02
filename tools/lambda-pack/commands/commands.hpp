// The subcommands: each reads settings, calls the rooms, writes its outputs. They throw Error, or NeedsFullProgram
// before they have written anything.
#pragma once

#include <vector>

#include "commands/settings.hpp"

namespace lambda_pack {

// Selection of the lock for the target: requirements.txt (stdout, or --requirements; in a build tree `<work>`), and
// selection.json in a build tree.
void run_export(const Settings& settings);

// Every wheel of the selection in the store. In a build tree `<work>/fetched.json`; otherwise the paths on stdout.
void run_fetch(const Settings& settings);

// The project's own wheel, into `<work>/dist` or --output; its path on stdout outside of a build tree.
void run_wheel(const Settings& settings);

// The task root as a folder: `<work>/stage` or --output.
void run_stage(const Settings& settings);

// The zip at --output and its manifest beside it (`<output>.json`); --json prints the manifest.
void run_zip(const Settings& settings);

// Compilers for the target's system, headers of its Python, and a CMake toolchain file, in the folder --output; the
// file's path on stdout outside of a build tree.
void run_toolchain(const Settings& settings);

// The checks of zip, without writing anything.
void run_check(const Settings& settings);

// What is in a zip, for people: from its manifest (--manifest, or `<output>.json`); --json prints the manifest itself.
void run_report(const Settings& settings);

// Runs the function here, once, with --event: its response on stdout, its log on stderr. Throws Error when it failed.
void run_invoke(const Settings& settings);

// Runs pytest in the project's folder: on the staged tree (`<work>/stage`; outside of a build --output, which is
// brought up to date), or with --source on the source. Becomes pytest, whose exit code is that of the program.
void run_test(const Settings& settings);

// The virtual environment --venv: main dependencies and groups of the lock for an interpreter of this machine, and the
// project in editable form. Its path on stdout outside of a build tree.
void run_venv(const Settings& settings);

// The functions in AWS as settings and manifests describe them, several at the same time; the ARN of each, or its
// alias', on stdout. --dry-run prints the plans and changes nothing; --json prints what was done. Throws Error when one
// of them failed, after the others have been finished.
void run_deploy(const std::vector<Settings>& functions);

// Invokes the function in AWS, or its --alias, with --event: the response on stdout, the end of its log on stderr.
// Throws Error when the function failed.
void run_remote_invoke(const Settings& settings);

// Files for other deployment tools (--format, or all) from --manifest, into the folder or the file --output; their
// paths on stdout.
void run_handoff(const Settings& settings);

}  // namespace lambda_pack
