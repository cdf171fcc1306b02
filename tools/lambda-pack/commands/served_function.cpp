#include "commands/served_function.hpp"

#include <sys/stat.h>

#include <chrono>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/local_function.hpp"
#include "commands/pipeline.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// A make that runs us has told its children, through these, of a job server that ours cannot reach.
const std::map<std::string, std::optional<std::string>> kWithoutMake{
    {"MAKEFLAGS", std::nullopt}, {"MFLAGS", std::nullopt}, {"MAKELEVEL", std::nullopt}};

std::string seconds_since(std::chrono::steady_clock::time_point begin) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", took.count());
  return text;
}

bool is_below(const fs::path& path, const fs::path& folder) {
  return !folder.empty() && std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

PoolLimits limits_of(const Settings& settings) {
  PoolLimits limits;
  limits.concurrency = settings.debug_port != 0 ? 1 : static_cast<std::size_t>(settings.concurrency);
  return limits;
}

}  // namespace

ServedFunction::ServedFunction(const Settings& settings, ExecutionEnvironment::LogSink log)
    : settings_(settings), log_(std::move(log)) {
  if (settings_.watch && !settings_.work.empty() && settings_.build_command.empty()) {
    throw Error("nobody says how " + name() + " is built, so that it cannot be watched",
                "the key build-command in its settings: a program and its arguments");
  }
  if (settings_.work.empty()) {
    own_tree_.emplace(temporary_folder_parent(), "lambda-pack-");
    stage_into(settings_, tree());
  }
  client_ = local_client(settings_, local_function(settings_, tree()), settings_.debug_port != 0);
  client_.debug_port = settings_.debug_port;
  state_ = state_of_tree();
  if (settings_.watch) code_ = std::make_shared<CodeGeneration>(tree());
  pool_ = std::make_unique<FunctionPool>(nullptr, limits_of(settings_));
  serve_tree();
}

fs::path ServedFunction::tree() const { return (own_tree_ ? own_tree_->path() : settings_.work) / "stage"; }

// Changes when staging has changed a file, of the function or of a layer.
std::string ServedFunction::state_of_tree() const {
  std::vector<fs::path> trees{tree()};
  trees.insert(trees.end(), settings_.layers.begin(), settings_.layers.end());
  std::string state;
  for (const fs::path& one : trees) {
    struct stat status{};
    if (stat((one / kStageMarker).c_str(), &status) != 0) {
      if (one != tree() && fs::is_directory(one)) continue;  // a layer that somebody has unpacked
      throw Error("there is no staged tree " + one.string(), "build it: the target " + settings_.name + "_stage");
    }
    const timespec time = modification_time(status);
    state +=
        std::to_string(status.st_ino) + " " + std::to_string(time.tv_sec) + " " + std::to_string(time.tv_nsec) + "\n";
  }
  return state;
}

// From now on processes start from the tree, or from its copy.
void ServedFunction::serve_tree() {
  const Function function = local_function(settings_, code_ ? code_->folder() : tree());
  pool_->replace(execution_environments(function, client_, log_, code_));
}

InvocationResult ServedFunction::invoke(const InvocationRequest& request, bool may_wait) {
  if (!settings_.watch) {
    const std::lock_guard lock(mutex_);
    const std::string now = state_of_tree();
    if (now != state_) serve_tree();
    state_ = now;
  }
  const bool waits = may_wait || settings_.debug_port != 0;
  return pool_->invoke(request, waits ? FunctionPool::WhenFull::wait : FunctionPool::WhenFull::refuse);
}

Inputs ServedFunction::inputs() const {
  const Pipeline pipeline(settings_);
  Inputs inputs = pipeline.project_inputs();
  for (const Inputs& more : {pipeline.packing_inputs(), pipeline.folder_inputs()}) {
    inputs.files.insert(more.files.begin(), more.files.end());
    inputs.folders.insert(more.folders.begin(), more.folders.end());
  }
  inputs.files.insert(settings_.project / "pyproject.toml");
  inputs.files.insert(pipeline.lock_file());
  std::erase_if(inputs.files,
                [&](const fs::path& file) { return file.is_relative() || is_below(file, settings_.work); });
  return inputs;
}

void ServedFunction::build() const {
  if (settings_.build_command.empty()) {
    stage_into(settings_, tree());
    return;
  }
  const Outcome outcome = run({settings_.build_command, {}, kWithoutMake, {}});
  const std::string output = std::string(trimmed(outcome.output + outcome.diagnostics));
  if (!outcome.succeeded()) throw Error("the build of " + name() + " failed:\n" + output);
  explain(output);
}

void ServedFunction::take_over_tree() {
  const std::lock_guard lock(mutex_);
  const std::string now = state_of_tree();
  if (now == state_) return;
  auto code = std::make_shared<const CodeGeneration>(tree());
  const std::vector<fs::path> changed = own_files(code->python_files_new_since(*code_), inputs().files);
  const std::string errors = syntax_errors(client_, code->folder(), changed);
  if (!errors.empty()) throw Error(name() + " has code that Python cannot read:\n" + std::string(trimmed(errors)));
  state_ = now;
  code_ = std::move(code);
  serve_tree();
}

void ServedFunction::rebuild() {
  const auto begin = std::chrono::steady_clock::now();
  const std::string before = state_;
  try {
    build();
    take_over_tree();
    say(name() + (state_ == before ? ": nothing has changed" : ": new code") + " (" + seconds_since(begin) + ")");
  } catch (const Error& error) {
    print_error(Error(error.what(), (error.hint().empty() ? "" : error.hint() + "\n") +
                                        "until the next edit, the code from before answers"));
  } catch (const std::exception& error) {
    print_error(Error(error.what(), "until the next edit, the code from before answers"));
  }
}

}  // namespace lambda_pack
