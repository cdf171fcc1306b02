// Compiling many modules at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/packed.hpp"
#include "build/interpreter_search.hpp"

namespace lambda_pack {

struct PythonModule {
  std::string path;                     // of the source, below the task root
  std::size_t size = 0;                 // of the source, bytes
  std::function<std::string()> source;  // called from any thread
};

class CompileWorker;

// Bytecode files as they go into a zip: `unchecked-hash` (PEP 552), so that no time of a file matters; for the path
// that the source has on Lambda, so that tracebacks are right there (elsewhere, importing corrects it); canonical, so
// that they depend on the source and on the interpreter's version alone.
class Compiler {
 public:
  // Nothing is started yet. An interpreter that remembered_interpreter() found.
  explicit Compiler(FoundInterpreter interpreter);
  Compiler(Compiler&&) noexcept;
  ~Compiler();

  const FoundInterpreter& interpreter() const noexcept { return interpreter_; }
  // What compiled bytes depend on besides the source: a part of every key that they are kept under.
  std::string identity() const;

  // Starts a process that will be needed in a moment, and returns at once.
  void start_early();
  // In the order of the modules; nothing for those that do not compile, such as templates and remnants of Python 2.
  // Throws Error when the interpreter does not run any more.
  std::vector<std::optional<Packed>> compile(const std::vector<PythonModule>& modules);

 private:
  CompileWorker& worker(std::size_t number);

  FoundInterpreter interpreter_;
  std::vector<std::unique_ptr<CompileWorker>> workers_;
};

}  // namespace lambda_pack
