#include "system/awaited_interruption.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

#include "system/files.hpp"

namespace lambda_pack {
namespace {

constexpr std::array kInterruptions{SIGINT, SIGTERM, SIGHUP};

// For the handler, which has no object.
std::atomic<int> writing{-1};
std::atomic<int> first{0};
std::array<struct sigaction, kInterruptions.size()> ending;

void end_as_before(int signal_number) {
  for (std::size_t i = 0; i < kInterruptions.size(); ++i) {
    if (kInterruptions[i] == signal_number && ending[i].sa_handler != SIG_DFL) ending[i].sa_handler(signal_number);
  }
  _exit(128 + signal_number);
}

// A program of ours that dies of Ctrl-C makes us raise the same signal again, which is no second Ctrl-C.
extern "C" void note_interruption(int signal_number, siginfo_t* info, void*) {
  const int error = errno;
  int none = 0;
  if (first.compare_exchange_strong(none, signal_number)) {
    const auto byte = static_cast<char>(signal_number);
    [[maybe_unused]] const ssize_t written = write(writing.load(), &byte, 1);
  } else if (info == nullptr || info->si_pid != getpid()) {
    end_as_before(signal_number);
  }
  errno = error;
}

}  // namespace

AwaitedInterruption::AwaitedInterruption() {
  int ends[2];
  if (pipe(ends) != 0) throw_system_error("making", "a pipe", errno);
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  reading_ = ends[0];
  writing = ends[1];
  first = 0;
  struct sigaction action{};
  action.sa_sigaction = note_interruption;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kInterruptions.size(); ++i) {
    sigaction(kInterruptions[i], nullptr, &before_[i]);
    ending[i] = before_[i];
    if (before_[i].sa_handler != SIG_IGN) sigaction(kInterruptions[i], &action, nullptr);  // `nohup` stays in force
  }
}

AwaitedInterruption::~AwaitedInterruption() {
  for (std::size_t i = 0; i < kInterruptions.size(); ++i) sigaction(kInterruptions[i], &before_[i], nullptr);
  close(reading_);
  close(writing.exchange(-1));
}

std::optional<int> AwaitedInterruption::wait(std::chrono::milliseconds most) const {
  pollfd ready{reading_, POLLIN, 0};
  char signal_number = 0;
  if (poll(&ready, 1, static_cast<int>(most.count())) <= 0 || read(reading_, &signal_number, 1) != 1)
    return std::nullopt;
  return signal_number;
}

}  // namespace lambda_pack
