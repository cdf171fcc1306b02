// One function of `serve`: its staged tree, its processes, and new code for them.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "build/inputs.hpp"
#include "commands/code_generation.hpp"
#include "commands/settings.hpp"
#include "invoke/function_pool.hpp"
#include "system/files.hpp"

namespace lambda_pack {

class ServedFunction {
 public:
  // Stages the project unless a build tree has done so, and finds what runs it. Throws Error when that fails.
  // `settings` must be completed, and outlive the object. Processes write their log to `log`.
  ServedFunction(const Settings& settings, ExecutionEnvironment::LogSink log);

  const std::string& name() const { return settings_.function_name; }
  FunctionPool& pool() { return *pool_; }

  // Runs an invocation. Without `watch` it looks first whether somebody has built anew.
  InvocationResult invoke(const InvocationRequest& request, bool may_wait);

  // What the package is made from: what a change of which needs rebuild(). Never what a build itself writes.
  Inputs inputs() const;

  // Brings the staged tree up to date; invocations that begin after this returns are served by it. When the build
  // fails, or Python cannot read the project's new code, that is printed and the code from before goes on.
  void rebuild();

 private:
  std::filesystem::path tree() const;
  void build() const;
  void take_over_tree();
  void serve_tree();
  std::string state_of_tree() const;

  const Settings& settings_;
  const ExecutionEnvironment::LogSink log_;
  std::optional<TemporaryFolder> own_tree_;  // without a build tree
  Client client_;
  std::mutex mutex_;                            // of what follows
  std::string state_;                           // of the tree that is served
  std::shared_ptr<const CodeGeneration> code_;  // with `watch`
  std::unique_ptr<FunctionPool> pool_;
};

}  // namespace lambda_pack
