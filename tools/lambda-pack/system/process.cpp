#include "system/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"
#include "system/child.hpp"
#include "system/files.hpp"

extern char** environ;

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!command.environment.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) {
    if (value) result.push_back(name + "=" + *value);
  }
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What the child does between fork and exec; only calls that are safe there. Tells errno through `failure`.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment, const char* folder,
                         int input, int output, int diagnostics, int failure) {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (const int ignored : {SIGPIPE, SIGXFSZ}) sigaction(ignored, &standard, nullptr);
  if (dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(diagnostics, 2) >= 0 &&
      (*folder == '\0' || chdir(folder) == 0)) {
    execve(program, arguments, environment);
  }
  const int reason = errno;
  [[maybe_unused]] const ssize_t told = write(failure, &reason, sizeof reason);
  _exit(127);
}

// Moves bytes until every channel is closed, so that neither side waits for the other.
void exchange(Pipe& input, Pipe& output, Pipe& diagnostics, std::string_view to_send, Outcome& outcome) {
  fcntl(input.writing(), F_SETFL, O_NONBLOCK);
  std::array<pollfd, 3> channels{pollfd{input.writing(), POLLOUT, 0}, pollfd{output.reading(), POLLIN, 0},
                                 pollfd{diagnostics.reading(), POLLIN, 0}};
  const std::array<std::string*, 3> received{nullptr, &outcome.output, &outcome.diagnostics};
  std::array<char, 65536> buffer{};
  while (channels[0].fd >= 0 || channels[1].fd >= 0 || channels[2].fd >= 0) {
    if (channels[0].fd >= 0 && to_send.empty()) {
      input.close_writing();
      channels[0].fd = -1;
      continue;
    }
    if (poll(channels.data(), channels.size(), -1) < 0) {
      if (errno == EINTR) continue;
      throw_system_error("waiting for", "a program", errno);
    }
    if (channels[0].fd >= 0 && channels[0].revents != 0) {
      const ssize_t sent = write(channels[0].fd, to_send.data(), to_send.size());
      if (sent > 0) to_send.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN && errno != EINTR) to_send = {};  // the program does not want its input
    }
    for (std::size_t i = 1; i < channels.size(); ++i) {
      if (channels[i].fd < 0 || channels[i].revents == 0) continue;
      const ssize_t got = read(channels[i].fd, buffer.data(), buffer.size());
      if (got > 0) received[i]->append(buffer.data(), static_cast<std::size_t>(got));
      if (got == 0 || (got < 0 && errno != EINTR)) channels[i].fd = -1;
    }
  }
}

}  // namespace

Pipe::Pipe() {
#ifdef __linux__  // at once: another thread may start a program right now, which would keep the ends open
  if (pipe2(ends_.data(), O_CLOEXEC) != 0) throw_system_error("making", "a pipe", errno);
#else
  if (pipe(ends_.data()) != 0) throw_system_error("making", "a pipe", errno);
  for (const int end : ends_) fcntl(end, F_SETFD, FD_CLOEXEC);
#endif
}

void Pipe::close_end(std::size_t which) {
  if (ends_[which] >= 0) close(ends_[which]);
  ends_[which] = -1;
}

Child start_child(const Command& command, int input, int output, int diagnostics) {
  const std::string& name = command.arguments.front();
  const std::optional<fs::path> program = find_program(name);
  if (!program) throw Error("cannot run " + quote(name) + ": there is no such program", "install it, or check PATH");

  std::vector<std::string> argument_texts = command.arguments, environment_texts = environment_of(command);
  const std::vector<char*> arguments = pointers_to(argument_texts), environment = pointers_to(environment_texts);
  const std::string folder = command.folder.string();
  auto failure = std::make_unique<Pipe>();
  const pid_t child = fork();
  if (child < 0) throw_system_error("starting", *program, errno);
  if (child == 0) {
    become(program->c_str(), arguments.data(), environment.data(), folder.c_str(), input, output, diagnostics,
           failure->writing());
  }
  failure->close_writing();
  return {child, *program, std::move(failure)};
}

int Child::wait() {
  int reason = 0, status = 0;
  const bool never_started = read(failure->reading(), &reason, sizeof reason) == sizeof reason;
  while (waitpid(id, &status, 0) < 0) {
    if (errno != EINTR) throw_system_error("waiting for", "a program", errno);
  }
  if (never_started) throw_system_error("starting", program, reason);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Outcome run(const Command& command) {
  Pipe input, output, diagnostics;
  Child child = start_child(command, input.reading(), output.writing(), diagnostics.writing());
  input.close_reading();
  output.close_writing();
  diagnostics.close_writing();

  Outcome outcome;
  exchange(input, output, diagnostics, command.input, outcome);
  outcome.exit_code = child.wait();
  if (outcome.exit_code == 128 + SIGINT) raise(SIGINT);
  return outcome;
}

void become_program(const Command& command) {
  const std::string& name = command.arguments.front();
  const std::optional<fs::path> program = find_program(name);
  if (!program) throw Error("cannot run " + quote(name) + ": there is no such program", "install it, or check PATH");
  std::vector<std::string> argument_texts = command.arguments, environment_texts = environment_of(command);
  const std::vector<char*> arguments = pointers_to(argument_texts), environment = pointers_to(environment_texts);
  if (!command.folder.empty() && chdir(command.folder.c_str()) != 0)
    throw_system_error("entering", command.folder, errno);
  std::fflush(nullptr);
  for (const int ignored : {SIGPIPE, SIGXFSZ}) signal(ignored, SIG_DFL);
  execve(program->c_str(), arguments.data(), environment.data());
  throw_system_error("starting", *program, errno);
}

std::optional<fs::path> find_program(const std::string& name) {
  const auto runs = [](const fs::path& path) {
    std::error_code error;
    return access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path, error);
  };
  if (name.find('/') != std::string::npos) return runs(name) ? std::optional(fs::absolute(name)) : std::nullopt;
  const char* search = std::getenv("PATH");
  for (const std::string_view folder : split(search != nullptr ? search : "/usr/local/bin:/usr/bin:/bin", ':')) {
    const fs::path candidate = fs::path(folder.empty() ? "." : folder) / name;
    if (runs(candidate)) return fs::absolute(candidate);
  }
  return std::nullopt;
}

fs::path this_executable() {
#ifdef __APPLE__
  std::array<char, 4096> path{};
  auto size = static_cast<std::uint32_t>(path.size());
  if (_NSGetExecutablePath(path.data(), &size) != 0) throw Error("cannot find out where lambda-pack is");
  return fs::canonical(path.data());
#else
  return fs::read_symlink("/proc/self/exe");
#endif
}

}  // namespace lambda_pack
