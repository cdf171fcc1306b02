#include "invoke/spawner.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>
#include <queue>
#include <thread>

#include "system/files.hpp"

namespace lambda_pack {
namespace {

struct Prepared {
  std::vector<std::string> arguments, environment;
  std::vector<char*> argument_pointers, environment_pointers;
  std::string folder;
  int output, status;
  bool status_stays_open;
  rlim_t descriptors;
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void prepare(const SpawnRequest& request, Prepared& all) {
  all.arguments = request.arguments;
  for (const auto& [name, value] : request.environment) all.environment.push_back(name + "=" + value);
  all.argument_pointers = pointers_to(all.arguments);
  all.environment_pointers = pointers_to(all.environment);
  all.folder = request.folder;
  all.output = request.output;
  all.status = request.status;
  all.status_stays_open = request.status_stays_open;
  struct rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  all.descriptors = std::min<rlim_t>(limit.rlim_cur, 65536);
}

// What other threads have open is none of the function's business.
void close_from(int first, rlim_t end) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
  for (int one = first; one < static_cast<int>(end); ++one) close(one);
}

// The signals that main ignores or handles, or that this thread holds, are as usual again.
void reset_signals() {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (const int one : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP}) sigaction(one, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Between fork and exec; only calls that are safe there.
[[noreturn]] void become(const Prepared& all, pid_t parent) {
  setsid();
  reset_signals();
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
#else
  static_cast<void>(parent);
#endif
  // First out of the way of the numbers that are wanted.
  const int output = fcntl(all.output, F_DUPFD, 16), status = fcntl(all.status, F_DUPFD, 16);
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, 0);
  for (const int one : {1, 2, kLogDescriptor}) dup2(output, one);
  dup2(status, kStatusDescriptor);
  close_from(kStatusDescriptor + 1, all.descriptors);
  if (!all.status_stays_open) fcntl(kStatusDescriptor, F_SETFD, FD_CLOEXEC);
  if (chdir(all.folder.c_str()) == 0) {
    execve(all.argument_pointers[0], all.argument_pointers.data(), all.environment_pointers.data());
  }
  const char* reason = std::strerror(errno);
  [[maybe_unused]] const ssize_t told = write(kStatusDescriptor, reason, std::strlen(reason));
  _exit(127);
}

// The death of a parent is, for the system, that of the thread that forked: this one lives as long as the program.
class Thread {
 public:
  static Thread& instance() {
    static Thread* const one = new Thread;  // never destroyed: its thread outlives main
    return *one;
  }

  pid_t spawn(const Prepared& all) {
    std::promise<pid_t> promise;
    std::future<pid_t> pid = promise.get_future();
    {
      const std::lock_guard lock(mutex_);
      jobs_.push({&all, &promise});
    }
    arrived_.notify_one();
    return pid.get();
  }

 private:
  struct Job {
    const Prepared* prepared;
    std::promise<pid_t>* promise;
  };

  Thread() {
    std::thread([this] { run(); }).detach();
  }

  [[noreturn]] void run() {
    sigset_t every;
    sigfillset(&every);
    pthread_sigmask(SIG_BLOCK, &every, nullptr);  // Ctrl-C is the main thread's
    const pid_t self = getpid();
    while (true) {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return !jobs_.empty(); });
      const Job job = jobs_.front();
      jobs_.pop();
      lock.unlock();
      const pid_t pid = fork();
      if (pid == 0) become(*job.prepared, self);
      job.promise->set_value(pid < 0 ? -errno : pid);
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::queue<Job> jobs_;
};

}  // namespace

pid_t spawn(const SpawnRequest& request) {
  Prepared all;
  prepare(request, all);
  const pid_t pid = Thread::instance().spawn(all);
  if (pid < 0) throw_system_error("starting", request.arguments.front(), -pid);
  return pid;
}

}  // namespace lambda_pack
