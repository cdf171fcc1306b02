#include "system/interrupt.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>

extern char** environ;

namespace lambda_pack {
namespace {

// Fixed storage, since a signal handler may neither allocate nor take a lock. A slot goes free → filling → used.
enum SlotState : int { kFree, kFilling, kUsed };
struct Slot {
  std::atomic<int> state{kFree};
  pid_t owner = 0;  // a fork's child must not remove what its parent writes
  std::array<char, 4096> path{};
};
std::array<Slot, 256> slots;
std::array<std::atomic<pid_t>, 1024> groups;  // 0 for none

std::atomic<int> holders{0};  // threads that hold interruptions
std::atomic<bool> ending{false};

constexpr std::array kInterruptions{SIGINT, SIGTERM, SIGHUP};

// A handler may not walk a folder; rm may. posix_spawn takes no lock on its way (it is vfork and exec), and the child
// keeps the handler's mask, so that a second Ctrl-C does not stop it. A program that we started may be writing there
// until the same signal ends it: hence the attempts.
void remove_folder(char* path) {
  char shell[] = "sh", option[] = "-c", script[] = "rm -rf -- \"$1\" 2>/dev/null";
  char* const arguments[] = {shell, option, script, shell, path, nullptr};
  for (int attempt = 0; attempt < 20; ++attempt) {
    pid_t child = 0;
    int status = 0;
    if (posix_spawn(&child, "/bin/sh", nullptr, nullptr, arguments, environ) != 0) return;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (status == 0) return;
    const timespec pause{0, 50'000'000};
    nanosleep(&pause, nullptr);
  }
}

// A signal that one thread holds goes to another. What the first was about to register is awaited, but not for ever: a
// disk may hang.
void await_holders() {
  ending = true;
  constexpr timespec kPause{0, 1'000'000};
  for (int attempt = 0; attempt < 2000 && holders > 0; ++attempt) nanosleep(&kPause, nullptr);
}

extern "C" void clean_up_and_die(int signal_number) {
  await_holders();
  for (const std::atomic<pid_t>& group : groups) {
    if (const pid_t leader = group.load(); leader > 0) kill(-leader, SIGKILL);
  }
  for (Slot& slot : slots) {
    if (slot.state.load() != kUsed || slot.owner != getpid()) continue;
    if (unlink(slot.path.data()) != 0 && errno != ENOENT) remove_folder(slot.path.data());
  }
  _exit(128 + signal_number);
}

}  // namespace

void clean_up_when_interrupted() {
  struct sigaction action{};
  action.sa_handler = clean_up_and_die;
  sigfillset(&action.sa_mask);
  for (const int signal_number : kInterruptions) {
    struct sigaction previous{};
    sigaction(signal_number, nullptr, &previous);
    if (previous.sa_handler != SIG_IGN) sigaction(signal_number, &action, nullptr);  // `nohup` stays in force
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int remember_cleanup(const std::filesystem::path& path) {
  const std::string text = std::filesystem::absolute(path).string();
  if (text.size() >= slots[0].path.size()) return -1;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    int expected = kFree;
    if (!slots[i].state.compare_exchange_strong(expected, kFilling)) continue;
    std::memcpy(slots[i].path.data(), text.c_str(), text.size() + 1);
    slots[i].owner = getpid();
    slots[i].state = kUsed;
    return static_cast<int>(i);
  }
  return -1;
}

void forget_cleanup(int slot) {
  if (slot >= 0) slots[static_cast<std::size_t>(slot)].state = kFree;
}

int remember_group(pid_t leader) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    pid_t none = 0;
    if (groups[i].compare_exchange_strong(none, leader)) return static_cast<int>(i);
  }
  return -1;
}

void forget_group(int slot) {
  if (slot >= 0) groups[static_cast<std::size_t>(slot)] = 0;
}

InterruptionsHeld::InterruptionsHeld() {
  sigset_t held;
  sigemptyset(&held);
  for (const int signal_number : kInterruptions) sigaddset(&held, signal_number);
  pthread_sigmask(SIG_BLOCK, &held, &before_);
  ++holders;
  if (!ending) return;
  --holders;
  for (;;) pause();
}

InterruptionsHeld::~InterruptionsHeld() {
  --holders;
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace lambda_pack
