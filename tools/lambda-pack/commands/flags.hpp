// The flags of the subcommands, by what they are about.
#pragma once

#include <CLI/CLI.hpp>

#include "commands/settings.hpp"

namespace lambda_pack {

// What a subcommand deals with, as bits.
using Concerns = unsigned;
constexpr Concerns kProject = 1 << 0;   // the project, its lock, the target, and how it is built
constexpr Concerns kExport = 1 << 1;    // what export writes
constexpr Concerns kContents = 1 << 2;  // what else is in the package, and what is not
constexpr Concerns kOutput = 1 << 3;    // the outcome's place
constexpr Concerns kToolchain = 1 << 4;
constexpr Concerns kFunction = 1 << 5;    // the function's configuration
constexpr Concerns kRuns = 1 << 6;        // Python on this machine
constexpr Concerns kInvocation = 1 << 7;  // one event, one answer
constexpr Concerns kServing = 1 << 8;
constexpr Concerns kTests = 1 << 9;
constexpr Concerns kAws = 1 << 10;
constexpr Concerns kHandoff = 1 << 11;
constexpr Concerns kLayers = 1 << 12;  // those that the function is attached to
constexpr Concerns kSteps = 1 << 13;   // for build tools

// Adds the flags; each has the name of its key in settings.json, and `settings` outlives `app`. All are taken, so that
// one set of arguments serves every subcommand; the help has those of the concerns, each with its heading.
void add_flags(CLI::App& app, Settings& settings, Concerns concerns);

}  // namespace lambda_pack
