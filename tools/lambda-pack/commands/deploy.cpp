#include <algorithm>
#include <atomic>
#include <cstdio>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/deployed_function.hpp"
#include "commands/heavy.hpp"
#include "deploy/aws_cli.hpp"
#include "deploy/deployment.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::ordered_json;

// More at once would only meet AWS' throttling.
constexpr std::size_t kMostAtOnce = 8;

// One of the functions, and what became of it.
struct Task {
  const Settings& settings;
  DesiredFunction function{};
  Deployment deployment{};
  std::optional<Error> error{};

  const std::string& name() const { return function.name.empty() ? settings.function_name : function.name; }
};

void sleep_for(std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); }

// Layers that functions share are published once: whoever comes first does it, and the others wait.
class SharedLayers {
 public:
  SharedLayers(AwsApi& api, bool dry_run) : api_(api), dry_run_(dry_run) {}

  std::string arn_of(const LayerPackage& layer, const std::string& s3_bucket) {
    const std::lock_guard lock(mutex_);
    std::string& arn = arns_[layer.layer_name + " " + layer.sha256];
    if (arn.empty()) arn = layer_version_arn(layer, s3_bucket, api_, dry_run_, sleep_for);
    return arn;
  }

 private:
  AwsApi& api_;
  const bool dry_run_;
  std::mutex mutex_;
  std::map<std::string, std::string> arns_;
};

void run_task(Task& task, AwsApi& api, SharedLayers& layers) {
  try {
    task.function = deployable_function(task.settings);
    require_zip_as_described(task.function.code);
    std::vector<std::string> arns;
    for (const LayerPackage& layer : layers_of(task.settings))
      arns.push_back(layers.arn_of(layer, task.function.s3_bucket));
    if (task.function.layers) arns.insert(arns.end(), task.function.layers->begin(), task.function.layers->end());
    if (!arns.empty()) task.function.layers = arns;
    task.deployment = deploy(task.function, api, task.settings.dry_run, sleep_for);
    if (task.deployment.changes.empty()) say(task.name() + ": nothing to change");
  } catch (const Error& error) {
    task.error = error;
  } catch (const std::exception& error) {
    task.error = Error(error.what());
  }
}

void run_tasks(std::vector<Task>& tasks, AwsApi& api) {
  SharedLayers layers(api, tasks.front().settings.dry_run);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t mine = next++; mine < tasks.size(); mine = next++) run_task(tasks[mine], api, layers);
  };
  std::vector<std::future<void>> others;
  for (std::size_t worker = 1; worker < std::min(tasks.size(), kMostAtOnce); ++worker) {
    others.push_back(std::async(std::launch::async, work));
  }
  work();
}

Json json_of(const Task& task) {
  return {{"function_arn", task.deployment.arn},
          {"alias_arn", task.deployment.alias_arn},
          {"version", task.deployment.version},
          {"code_sha256", task.function.code.code_sha256},
          {"changes", task.deployment.changes}};
}

// One function is an object, several are an array.
void print_json(const std::vector<Task>& tasks) {
  Json all = Json::array();
  for (const Task& task : tasks) {
    if (!task.error) all.push_back(json_of(task));
  }
  const Json& printed = tasks.size() == 1 ? all.at(0) : all;
  std::fputs((printed.dump(2, ' ', false, Json::error_handler_t::replace) + "\n").c_str(), stdout);
}

// The plan of a dry run, else the ARN; of a failed function nothing.
void print_lines(const std::vector<Task>& tasks) {
  for (const Task& task : tasks) {
    if (task.error) continue;
    const Deployment& deployment = task.deployment;
    std::vector<std::string> lines{deployment.alias_arn.empty() ? deployment.arn : deployment.alias_arn};
    if (task.settings.dry_run) lines = deployment.changes;
    const std::string prefix = task.settings.dry_run && tasks.size() > 1 ? task.name() + ": " : "";
    for (const std::string& line : lines) std::fputs((prefix + line + "\n").c_str(), stdout);
  }
}

// Many functions often fail for one reason, such as expired credentials, which is told once.
void throw_failures(const std::vector<Task>& tasks) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> names_by_error;
  std::size_t failures = 0;
  for (const Task& task : tasks) {
    if (!task.error) continue;
    if (tasks.size() == 1) throw *task.error;
    names_by_error[{task.error->what(), task.error->hint()}].push_back(task.name());
    ++failures;
  }
  if (failures == 0) return;
  for (const auto& [error, names] : names_by_error) print_error(Error(join(names) + ": " + error.first, error.second));
  throw Error(std::to_string(failures) + " of " + std::to_string(tasks.size()) + " functions are not as described",
              "what was done stays done: run it again to go on");
}

}  // namespace

void run_deploy(const std::vector<Settings>& functions) {
  std::vector<Task> tasks;
  for (const Settings& settings : functions) tasks.push_back({settings});
  const AwsChoice choice = aws_choice(functions.front());
  AwsCli cli(choice);
  const std::unique_ptr<AwsApi> fast = require_heavy().fast_aws(choice, cli);
  run_tasks(tasks, fast ? *fast : cli);
  if (functions.size() > 1 || !tasks.front().error) {
    functions.front().json ? print_json(tasks) : print_lines(tasks);
  }
  throw_failures(tasks);
}

}  // namespace lambda_pack
