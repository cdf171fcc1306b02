#include "bytecode/compiler.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <numeric>
#include <thread>

#include "archive/deflate.hpp"
#include "base/error.hpp"
#include "bytecode/compile_worker.hpp"
#include "marshal/canonical.hpp"

namespace lambda_pack {
namespace {

// Raised whenever the bytes that are made of the same source change.
constexpr std::string_view kVersion = "bytecode 1";

// What precedes the marshalled code: magic number, flags, hash of the source.
constexpr std::size_t kHeaderSize = 16;

// A process costs about what 50 kB of source cost.
constexpr std::size_t kSourceWorthAProcess = 150'000;

std::size_t processes_for(const std::vector<PythonModule>& modules) {
  std::size_t bytes = 0;
  for (const PythonModule& module : modules) bytes += module.size;
  const std::size_t most = std::max(1u, std::thread::hardware_concurrency());
  return std::min({1 + bytes / kSourceWorthAProcess, most, modules.size()});
}

// Largest first, so that no process is left alone with one at the end.
std::vector<std::size_t> by_size(const std::vector<PythonModule>& modules) {
  std::vector<std::size_t> order(modules.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return modules[a].size > modules[b].size; });
  return order;
}

Packed finished(const std::string& content, int minor) {
  if (content.size() < kHeaderSize) throw Error("bytecode without a header");
  return pack(content.substr(0, kHeaderSize) + canonical_marshal(std::string_view(content).substr(kHeaderSize), minor));
}

}  // namespace

Compiler::Compiler(FoundInterpreter interpreter) : interpreter_(std::move(interpreter)) {}
Compiler::Compiler(Compiler&&) noexcept = default;
Compiler::~Compiler() = default;

std::string Compiler::identity() const {
  return std::string(kVersion) + "\ncpython " + interpreter_.version + "\n" + std::string(compressor_name()) + "\n";
}

void Compiler::start_early() { worker(0); }

CompileWorker& Compiler::worker(std::size_t number) {
  while (workers_.size() <= number) workers_.push_back(std::make_unique<CompileWorker>(interpreter_));
  return *workers_[number];
}

std::vector<std::optional<Packed>> Compiler::compile(const std::vector<PythonModule>& modules) {
  std::vector<std::optional<Packed>> results(modules.size());
  if (modules.empty()) return results;
  const std::vector<std::size_t> order = by_size(modules);
  const std::size_t processes = processes_for(modules);
  std::atomic<std::size_t> next = 0;
  // While Python compiles one module, the one before is finished here.
  const auto work = [&](CompileWorker& python) {
    std::optional<std::string> content;
    std::size_t done = 0;
    for (bool more = true; more || content;) {
      const std::size_t at = next++;
      more = at < order.size();
      if (more) {
        const PythonModule& module = modules[order[at]];
        python.ask("/var/task/" + module.path, module.source());
      }
      if (content) results[done] = finished(*content, interpreter_.minor);
      content.reset();
      if (!more) break;
      content = python.answer();
      done = order[at];
    }
  };
  worker(processes - 1);  // all of them start before the first is waited for
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < processes; ++i) {
    others.push_back(std::async(std::launch::async, work, std::ref(worker(i))));
  }
  work(worker(0));
  for (std::future<void>& other : others) other.get();
  return results;
}

}  // namespace lambda_pack
