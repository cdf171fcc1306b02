#include "invoke/function_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <libproc.h>
#endif

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <mutex>

#include "base/error.hpp"
#include "invoke/function_environment.hpp"
#include "invoke/launcher.hpp"
#include "invoke/spawner.hpp"
#include "invoke/stragglers.hpp"
#include "invoke/task_root.hpp"
#include "system/files.hpp"
#include "system/interrupt.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

class Pipe {
 public:
  Pipe() {
    if (pipe(ends_.data()) != 0) throw_system_error("making", "a pipe", errno);
    for (const int end : ends_) fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) close(end);
    }
  }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_writing() { close(std::exchange(ends_[1], -1)); }
  int take_reading() { return std::exchange(ends_[0], -1); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 1024> buffer{};
  while (true) {
    const ssize_t got = read(descriptor, buffer.data(), buffer.size());
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

// Once a namespace could not be made, no further process tries.
std::atomic<bool> no_namespaces = false;

void say_what_differs(const std::string& reason) {
  if (no_namespaces.exchange(true)) return;
  warn("functions run in their staged folder instead of a read-only /var/task, and layers beside /opt, since " +
       reason + " is not possible here");
}

// The light program starts in a third of the time.
fs::path program_that_enters() {
  const fs::path own = this_executable(), light = own.parent_path() / "lambda-pack";
  return access(light.c_str(), X_OK) == 0 ? light : own;
}

// qemu-user finds the libraries of the other architecture in the place where cross compilers have theirs.
std::vector<std::string> emulator_of(const Function& function, const Client& client) {
  if (client.emulator.empty()) return {};
  std::vector<std::string> words{client.emulator.string()};
  const std::string libraries = "/usr/" + std::string(machine_name(function.target.architecture)) + "-linux-gnu";
  if (fs::is_directory(libraries)) words.insert(words.end(), {"-L", libraries});
  return words;
}

std::vector<std::string> python_command(const Function& function, const Client& client,
                                        const std::vector<std::string>& layers) {
  std::vector<std::string> command = emulator_of(function, client);
  command.insert(command.end(), {client.interpreter.string(), "-S", "-B", "-c", kLauncher,
                                 std::to_string(client.debug_port), client.packages.string()});
  command.insert(command.end(), layers.begin(), layers.end());
  return command;
}

SpawnRequest at_var_task(const Function& function, const Client& client) {
  SpawnRequest request;
  request.arguments = {program_that_enters().string(), std::string(kEnterTaskRoot), std::to_string(kStatusDescriptor),
                       function.task_root.string(), std::to_string(function.layers.size())};
  for (const fs::path& layer : function.layers) request.arguments.push_back(layer.string());
  const bool has_layers = !function.layers.empty();
  const std::vector<std::string> python =
      python_command(function, client, has_layers ? std::vector<std::string>{"/opt"} : std::vector<std::string>{});
  request.arguments.insert(request.arguments.end(), python.begin(), python.end());
  request.environment["LAMBDA_TASK_ROOT"] = "/var/task";
  request.folder = "/";
  request.status_stays_open = true;
  return request;
}

SpawnRequest in_staged_folder(const Function& function, const Client& client) {
  SpawnRequest request;
  std::vector<std::string> uppermost_first;
  for (auto layer = function.layers.rbegin(); layer != function.layers.rend(); ++layer) {
    uppermost_first.push_back(layer->string());
  }
  request.arguments = python_command(function, client, uppermost_first);
  request.folder = function.task_root.string();
  request.environment["LAMBDA_TASK_ROOT"] = request.folder;
  return request;
}

// Starts it and waits until the program runs; what went wrong, or nothing.
std::string start_and_hear(SpawnRequest& request, int output, pid_t& pid) {
  Pipe status;
  request.output = output;
  request.status = status.writing();
  pid = spawn(request);
  status.close_writing();
  return read_to_end(status.reading());
}

}  // namespace

FunctionProcess::FunctionProcess(const Function& function, const Client& client, const std::string& api) : api_(api) {
  const InterruptionsHeld held;  // until the process is known to who ends it
  start(function, client, api);
  cleanup_slot_ = remember_group(pid_);
}

void FunctionProcess::start(const Function& function, const Client& client, const std::string& api) {
  Variables environment = function_environment(function, own_environment(), client.interpreter.parent_path().string());
  environment["AWS_LAMBDA_RUNTIME_API"] = api;
  environment["_LAMBDA_TELEMETRY_LOG_FD"] = std::to_string(kLogDescriptor);
  Pipe output;
  const auto try_to_start = [&](SpawnRequest request) {
    request.environment.insert(environment.begin(), environment.end());
    return start_and_hear(request, output.writing(), pid_);
  };
  if (!no_namespaces) {
    const std::string reason = try_to_start(at_var_task(function, client));
    if (!reason.empty()) {
      waitpid(pid_, nullptr, 0);
      say_what_differs(reason);
    }
  }
  if (no_namespaces) {
    const std::string reason = try_to_start(in_staged_folder(function, client));
    if (!reason.empty()) {
      waitpid(pid_, nullptr, 0);
      throw Error("starting " + client.interpreter.string() + " in " + function.task_root.string() + ": " + reason);
    }
  }
  output_ = output.take_reading();
  fcntl(output_, F_SETFL, O_NONBLOCK);
}

FunctionProcess::~FunctionProcess() {
  kill();
  while (!status_ && waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  end_stragglers(api_);
  forget_group(cleanup_slot_);
  if (output_ >= 0) close(output_);
}

std::optional<int> FunctionProcess::exited() {
  if (status_) return status_;
  siginfo_t ended{};
  // Not reaped yet: kill() needs the number to be still this process's.
  if (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) {
    return std::nullopt;
  }
  kill();
  int status = 0;
  struct rusage usage{};
  while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) continue;
#ifdef __APPLE__
  constexpr std::uint64_t kUnit = 1;
#else
  constexpr std::uint64_t kUnit = 1024;
#endif
  peak_ = std::max(peak_, static_cast<std::uint64_t>(usage.ru_maxrss) * kUnit);
  forget_group(std::exchange(cleanup_slot_, -1));
  status_ = status;
  return status_;
}

void FunctionProcess::kill() const {
  if (status_) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
}

std::uint64_t FunctionProcess::peak_memory() {
  if (status_) return peak_;
#ifdef __APPLE__
  rusage_info_v2 usage{};
  if (proc_pid_rusage(pid_, RUSAGE_INFO_V2, reinterpret_cast<rusage_info_t*>(&usage)) == 0) {
    peak_ = std::max<std::uint64_t>(peak_, usage.ri_resident_size);
  }
#else
  const std::optional<std::string> text = read_file_if_there("/proc/" + std::to_string(pid_) + "/status");
  constexpr std::string_view kKey = "\nVmHWM:";
  const std::size_t found = text ? text->find(kKey) : std::string::npos;
  if (found == std::string::npos) return peak_;
  const std::size_t digits = text->find_first_of("0123456789", found);
  std::uint64_t kibibytes = 0;
  std::from_chars(text->data() + digits, text->data() + text->size(), kibibytes);
  peak_ = std::max(peak_, kibibytes * 1024);
#endif
  return peak_;
}

}  // namespace lambda_pack
