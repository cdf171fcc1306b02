// Running PEP 517 build backends in kept, isolated environments.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lock/project.hpp"

namespace lambda_pack {

struct BuildOptions {
  std::string python;                  // interpreter that runs the backend (3.8 or later); empty: python3
  std::filesystem::path environments;  // where kept environments are: `<store>/environments`
  bool offline = false;                // a missing environment is an error then
  // Set (or, without a value, removed) in the environment of the backend, last of all. PATH counts instead of this
  // process' own, after the build environment's.
  std::map<std::string, std::optional<std::string>> variables = {};
};

// Builds the project in `source` into a wheel below `output` (emptied of other wheels first) by its own backend:
// PEP 517's build_wheel in an environment that holds exactly [build-system] requires (and what the backend's
// get_requires_for_build_wheel adds), made once per set of requirements and interpreter, with uv when found, else
// venv and pip, and reused ever after. The backend runs in `source` with SOURCE_DATE_EPOCH set, leaves nothing
// there, and does not see PYTHONPATH, PYTHONHOME or an activated environment. Returns the wheel's path. Throws
// Error with the backend's own output when it fails, when requirements cannot be installed, when there is no wheel
// afterwards; `output` is then as it was.
std::filesystem::path build_wheel(const std::filesystem::path& source, const BuildSystem& build_system,
                                  const std::filesystem::path& output, const BuildOptions& options);

// The same by PEP 660's build_editable: a wheel that, once installed, leads to the source. It is for this machine and
// for the interpreter that built it.
std::filesystem::path build_editable(const std::filesystem::path& source, const BuildSystem& build_system,
                                     const std::filesystem::path& output, const BuildOptions& options);

// A text that changes whenever the outcome of build_wheel for the same source could: the interpreter, the
// requirements, the backend. Part of the key under which built wheels are kept. `source` matters only where
// `python` is a version manager's shim, which chooses by folder; empty: the current one.
std::string environment_key(const BuildSystem& build_system, const BuildOptions& options,
                            const std::filesystem::path& source = {});

// The build system of a project that declares none: setuptools as PEP 517 wants it and pip does it.
BuildSystem legacy_build_system();

}  // namespace lambda_pack
