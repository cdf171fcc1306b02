// One Python process that compiles modules. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "build/interpreter_search.hpp"
#include "system/conversation.hpp"

namespace lambda_pack {

// The Python program: compile_worker.py.
extern const char* const kCompileWorker;

class CompileWorker {
 public:
  // Returns at once, while Python starts. Throws Error when the interpreter is not there.
  explicit CompileWorker(const FoundInterpreter& interpreter);

  // Sends one module, of which the answer must be received before the next one is sent.
  void ask(std::string_view path, std::string_view source);
  // The content of the bytecode file; nothing when the module does not compile, or brings the interpreter down: then
  // another one is started. Throws Error when it never was the interpreter that it was found to be.
  std::optional<std::string> answer();

 private:
  void start();
  bool hear_who_it_is();
  std::optional<std::string> receive();

  FoundInterpreter interpreter_;
  std::unique_ptr<Conversation> process_;
  bool is_known_ = false;
};

}  // namespace lambda_pack
