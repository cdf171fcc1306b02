// Calling PEP 517 hooks. Private to this room.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lock/project.hpp"

namespace lambda_pack {

// The Python program that calls a hook: hook_runner.py.
extern const char* const kHookRunner;

// Where a hook runs, and with what.
struct HookCall {
  std::filesystem::path environment;  // of environment_for
  std::filesystem::path project;
  std::filesystem::path scratch;    // an empty folder for what the backend writes besides its wheel
  const BuildSystem* build_system;  // never null
  const std::map<std::string, std::optional<std::string>>* variables = nullptr;  // BuildOptions'
};

// Calls a hook in a process of its own and returns the lines it answered. The process knows nothing of the
// surroundings that could change a wheel: locale, time zone, umask, hash seed, PYTHON* variables, an activated
// environment. Throws Error with the backend's output when it fails.
std::vector<std::string> call_hook(const std::string& hook, const HookCall& call);

}  // namespace lambda_pack
