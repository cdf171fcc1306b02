#include "system/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>

namespace lambda_pack {
namespace {

// Fixed storage, since a signal handler may neither allocate nor take a lock. A slot goes free → filling → used.
enum SlotState : int { kFree, kFilling, kUsed };
struct Slot {
  std::atomic<int> state{kFree};
  std::array<char, 4096> path{};
};
std::array<Slot, 256> slots;

extern "C" void clean_up_and_die(int signal_number) {
  for (Slot& slot : slots) {
    if (slot.state.load() == kUsed) unlink(slot.path.data());
  }
  _exit(128 + signal_number);
}

}  // namespace

void clean_up_when_interrupted() {
  struct sigaction action {};
  action.sa_handler = clean_up_and_die;
  sigfillset(&action.sa_mask);
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction previous {};
    sigaction(signal_number, nullptr, &previous);
    if (previous.sa_handler != SIG_IGN) sigaction(signal_number, &action, nullptr);  // `nohup` stays in force
  }
  std::signal(SIGPIPE, SIG_IGN);  // a closed stdout is an error of write()
}

int remember_cleanup(const std::filesystem::path& path) {
  const std::string text = std::filesystem::absolute(path).string();
  if (text.size() >= slots[0].path.size()) return -1;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    int expected = kFree;
    if (!slots[i].state.compare_exchange_strong(expected, kFilling)) continue;
    std::memcpy(slots[i].path.data(), text.c_str(), text.size() + 1);
    slots[i].state = kUsed;
    return static_cast<int>(i);
  }
  return -1;
}

void forget_cleanup(int slot) {
  if (slot >= 0) slots[static_cast<std::size_t>(slot)].state = kFree;
}

}  // namespace lambda_pack
