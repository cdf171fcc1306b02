// BYTECODE AUTO|ON|OFF: whether a package gets bytecode, and who compiles it.
#pragma once

#include <optional>
#include <string>

#include "bundle/bundle.hpp"
#include "bytecode/compiler.hpp"
#include "commands/settings.hpp"
#include "runtime/target.hpp"
#include "store/store.hpp"

namespace lambda_pack {

class BytecodeChoice {
 public:
  // Looks for an interpreter of the runtime's minor. Throws Error for another word than AUTO, ON and OFF (of any case),
  // and with ON when there is none.
  BytecodeChoice(const Settings& settings, const Target& target, const Store& store);

  // Compiles; null: there is no bytecode, and `left_out` says why.
  Compiler* compiler() { return compiler_ ? &*compiler_ : nullptr; }
  const std::string& left_out() const noexcept { return left_out_; }
  bool was_refused() const noexcept { return was_refused_; }  // by OFF

  // There will be none for this reason. Throws Error with ON.
  void leave_out(const std::string& reason, const std::string& hint);

 private:
  bool is_required_ = false, was_refused_ = false;
  std::optional<Compiler> compiler_;
  std::string left_out_;
};

// Gives every wheel of the request, which are those of the store, its bytecode, made where the store lacks it, and the
// request what compiles the rest. With AUTO, a store that cannot be written is a reason to leave bytecode out.
// `choice`, `store` and `settings` must outlive the request.
void add_bytecode(BundleRequest& request, BytecodeChoice& choice, const Store& store, const Settings& settings);

// Takes the bytecode out of a package that would pass a limit of Lambda because of it. `layers`: their unzipped bytes.
void keep_within_limits(Bundle& bundle, std::uint64_t layers, BytecodeChoice& choice);

// Under what name the modules of the project are kept: compile_what_changed()'s `purpose`.
std::string project_purpose(const WheelName& wheel);

}  // namespace lambda_pack
