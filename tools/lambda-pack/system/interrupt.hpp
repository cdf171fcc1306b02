// Ctrl-C and SIGTERM: what was being written is removed, then the program ends with 130 or 143.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>

namespace lambda_pack {

// Installs the handlers, and makes a closed pipe and a full quota of file size errors of write() instead of signals;
// called once, by main.
void clean_up_when_interrupted();

// Registers a file or a folder to remove on interruption, a folder with all that is in it; returns a slot for
// forget_cleanup, or -1 when all 256 are in use.
int remember_cleanup(const std::filesystem::path& path);
void forget_cleanup(int slot);

// Registers a process group to kill on interruption; returns a slot for forget_group, or -1 when all 1024 are in use.
int remember_group(pid_t leader);
void forget_group(int slot);

// Puts off interruptions, whichever thread they come to, while the object lives: for the moment between making
// something and registering it. Once an interruption has begun, no further object comes to life: its thread waits for
// the end.
class InterruptionsHeld {
 public:
  InterruptionsHeld();
  InterruptionsHeld(const InterruptionsHeld&) = delete;
  InterruptionsHeld& operator=(const InterruptionsHeld&) = delete;
  ~InterruptionsHeld();

 private:
  sigset_t before_{};
};

}  // namespace lambda_pack
