#include "commands/bytecode_choice.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/interpreter_memory.hpp"
#include "bundle/checks.hpp"
#include "bytecode/module_cache.hpp"
#include "bytecode/wheel_bytecode.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace {

// LAMBDA_PYTHON_INTERPRETER counts for running functions and for compiling them.
std::string named_interpreter(const Settings& settings) {
  const char* chosen = std::getenv("LAMBDA_PYTHON_INTERPRETER");
  return settings.interpreter.empty() && chosen != nullptr ? chosen : settings.interpreter;
}

std::string why_not(const std::string& interpreter, const std::string& version) {
  if (find_program(interpreter)) return interpreter + " is no CPython " + version;
  std::error_code error;
  return std::filesystem::exists(interpreter, error) ? interpreter + " is no program" : "there is no " + interpreter;
}

}  // namespace

BytecodeChoice::BytecodeChoice(const Settings& settings, const Target& target, const Store& store) {
  const std::string mode = lowered(settings.bytecode);
  if (mode != "auto" && mode != "on" && mode != "off") {
    throw Error("BYTECODE must be AUTO, ON or OFF; got " + quote(settings.bytecode), "--bytecode auto");
  }
  is_required_ = mode == "on";
  was_refused_ = mode == "off";
  if (was_refused_) {
    left_out_ = "BYTECODE is OFF";
    return;
  }
  const int minor = target.runtime->minor;
  const std::string version = "3." + std::to_string(minor), named = named_interpreter(settings);
  const auto found = remembered_interpreter(minor, named, settings.python, store.root() / "environments");
  if (found) {
    compiler_.emplace(*found);
  } else if (named.empty()) {
    leave_out("there is no CPython " + version + " on this machine",
              "uv python install " + version + "\npyenv install " + version +
                  "\nor name one: LAMBDA_PYTHON_INTERPRETER (--interpreter FILE)");
  } else {
    leave_out(why_not(named, version),
              "name a CPython " + version + ": LAMBDA_PYTHON_INTERPRETER (--interpreter FILE)");
  }
}

void BytecodeChoice::leave_out(const std::string& reason, const std::string& hint) {
  if (is_required_) throw Error("BYTECODE is ON, and " + reason, hint);
  compiler_.reset();
  left_out_ = reason;
}

std::string project_purpose(const WheelName& wheel) { return "project " + wheel.name.str(); }

void add_bytecode(BundleRequest& request, BytecodeChoice& choice, const Store& store, const Settings& settings) {
  if (choice.compiler() == nullptr) return;
  request.minor = choice.compiler()->interpreter().minor;
  try {
    std::vector<WheelInStore> stored;
    for (const BundleWheel& wheel : request.wheels) stored.push_back({wheel.path, wheel.digest.value()});
    const std::vector<StoredBytecode> bytecode = bytecode_of(stored, *choice.compiler(), store);
    for (std::size_t i = 0; i < stored.size(); ++i) request.wheels[i].bytecode = bytecode[i];
  } catch (const Error& error) {
    choice.leave_out(error.what(), error.hint());
    return;
  }
  request.compile = [&choice, &store, &settings, &request](bool of_project, const std::vector<PythonModule>& modules) {
    std::string purpose = (of_project ? "project " : "files of ") + settings.name;
    for (const BundleWheel& wheel : request.wheels) {
      const auto name = WheelName::parse(wheel.path.filename().string());
      if (of_project && wheel.is_project && name) purpose = project_purpose(*name);
    }
    if (choice.compiler() == nullptr) return std::vector<std::optional<Packed>>(modules.size());
    try {
      return compile_what_changed(modules, purpose, *choice.compiler(), store);
    } catch (const Error& error) {
      choice.leave_out(error.what(), error.hint());
      return std::vector<std::optional<Packed>>(modules.size());
    }
  };
}

void keep_within_limits(Bundle& bundle, std::uint64_t layers, BytecodeChoice& choice) {
  if (choice.compiler() == nullptr) return bundle.drop_bytecode();
  const std::string reason = bytecode_excess(bundle, layers);
  if (reason.empty()) return;
  choice.leave_out(reason, "leave out what the function does not use (EXCLUDE, PROVIDED), or BYTECODE AUTO");
  bundle.drop_bytecode();
}

}  // namespace lambda_pack
