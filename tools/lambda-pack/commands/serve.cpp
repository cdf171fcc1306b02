#include "commands/serve.hpp"

#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>

#include "base/error.hpp"
#include "base/text.hpp"
#include "commands/heavy.hpp"
#include "commands/rebuilds.hpp"
#include "commands/served_function.hpp"
#include "invoke/front_door.hpp"
#include "system/awaited_interruption.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Functions = std::vector<std::unique_ptr<ServedFunction>>;

// How often idle processes are looked for.
constexpr std::chrono::seconds kHousekeeping{10};

std::string origin_of(const Settings& settings) {
  return (settings.work.empty() ? settings.project : settings.work).string();
}

void require_different_names(const std::vector<Settings>& all) {
  std::map<std::string, const Settings*> seen;
  for (const Settings& one : all) {
    const auto [other, is_new] = seen.emplace(one.function_name, &one);
    if (is_new) continue;
    throw Error("two functions are called " + quote(one.function_name) + ": that of " + origin_of(*other->second) +
                    " and that of " + origin_of(one),
                "give one of them another FUNCTION_NAME (--function-name)");
  }
}

void require_servable(const std::vector<Settings>& all) {
  require_different_names(all);
  const Settings& own = all.front();
  if (own.debug_port != 0 && all.size() > 1) {
    throw Error("--debug is for one function; these are " + std::to_string(all.size()), "give one --settings");
  }
  if (own.port < 0 || own.port > 65535) throw Error("there is no port " + std::to_string(own.port), "0 to 65535");
  if (own.debug_port < 0 || own.debug_port > 65535) {
    throw Error("there is no port " + std::to_string(own.debug_port), "1 to 65535");
  }
  if (own.concurrency < 1 || own.concurrency > 1000) {
    throw Error("the concurrency is " + std::to_string(own.concurrency), "from 1 to 1000 processes for each function");
  }
}

// Whole lines on stderr, each with the function's name before it when there are several.
ExecutionEnvironment::LogSink log_of(const std::string& prefix, std::mutex& mutex) {
  return [prefix, &mutex](std::string_view lines) {
    std::string text;
    for (std::string_view rest = lines; !rest.empty() && !prefix.empty();) {
      const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
      text.append(prefix).append(line);
      rest.remove_prefix(line.size());
    }
    if (prefix.empty()) text = lines;
    const std::lock_guard lock(mutex);
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
}

Functions prepare(const std::vector<Settings>& all, std::mutex& log_mutex) {
  Functions functions;
  for (const Settings& one : all) {
    try {
      const std::string prefix = all.size() > 1 ? one.function_name + ": " : "";
      functions.push_back(std::make_unique<ServedFunction>(one, log_of(prefix, log_mutex)));
    } catch (const Error& error) {
      throw all.size() > 1 ? error.within("preparing " + one.function_name) : error;
    }
  }
  return functions;
}

std::map<std::string, Invoker> invokers_of(const Functions& functions) {
  std::map<std::string, Invoker> invokers;
  for (const auto& one : functions) {
    invokers[one->name()] = [function = one.get()](const InvocationRequest& request, bool may_wait) {
      return function->invoke(request, may_wait);
    };
  }
  return invokers;
}

// The folder that holds what the task root holds: editors and people know the code by it.
fs::path code_folder(const Settings& settings) {
  const fs::path src = settings.project / "src";
  return fs::is_directory(src) ? src : settings.project;
}

// stdout has the address alone, for scripts; what people want to know is on stderr.
void announce(const std::vector<Settings>& all, const std::string& url) {
  std::printf("%s\n", url.c_str());
  std::fflush(stdout);
  const Settings& own = all.front();
  if (!is_loopback(own.host)) {
    warn("whoever can reach " + own.host + " can run these functions: there are no credentials to check");
  }
  std::vector<std::string> names;
  for (const Settings& one : all) names.push_back(one.function_name);
  say("serving " + join(names) + (own.watch ? ", watching the sources" : "") + "; Ctrl-C ends it. Try:");
  say("  aws lambda invoke --endpoint-url " + url + " --function-name " + names.front() +
      " --cli-binary-format raw-in-base64-out --payload '{}' --cli-read-timeout 0 response.json");
  if (own.debug_port == 0) return;
  say("debugging: each process waits at its start for a debugger on 127.0.0.1:" + std::to_string(own.debug_port) +
      "; path mapping for the editor: " + code_folder(own).string() + " is /var/task");
}

// Serves until it is interrupted; returns the signal.
int serve(const std::vector<Settings>& all, const Functions& functions) {
  const Settings& own = all.front();
  const AwaitedInterruption interruption;
  FrontDoorOptions options;
  options.host = own.host;
  options.port = own.port;
  FrontDoor door(options, invokers_of(functions));
  const auto rebuilds = own.watch ? std::make_unique<Rebuilds>(functions) : nullptr;
  announce(all, door.url());
  std::optional<int> signal_number;
  while (!(signal_number = interruption.wait(kHousekeeping))) {
    for (const auto& function : functions) function->pool().end_idle(FunctionPool::Clock::now());
  }
  for (const auto& function : functions) function->pool().stop();  // so that no answer is waited for
  door.stop();
  return *signal_number;
}

}  // namespace

void run_serve(const std::vector<Settings>& all) {
  require_servable(all);
  int signal_number = 0;
  {
    std::mutex log_mutex;
    const Functions functions = prepare(all, log_mutex);
    signal_number = serve(all, functions);
  }
  std::raise(signal_number);  // nothing is left to end: 130 or 143, as for every subcommand
}

}  // namespace lambda_pack
