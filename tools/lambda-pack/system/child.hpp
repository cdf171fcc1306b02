// Starting other programs. Private to this room.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>

#include "system/process.hpp"

namespace lambda_pack {

// A pipe that no started program inherits.
class Pipe {
 public:
  Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reading();
    close_writing();
  }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_reading() { close_end(0); }
  void close_writing() { close_end(1); }

 private:
  void close_end(std::size_t which);
  std::array<int, 2> ends_{-1, -1};
};

// A program that was started, or is about to fail to start.
struct Child {
  pid_t id;
  std::filesystem::path program;
  std::unique_ptr<Pipe> failure;  // closed when it has started; else why it could not

  // Waits for its end. Returns the exit code, or 128 + signal. Throws Error when it never started.
  int wait();
};

// Starts the command with these descriptors as its standard streams. Throws Error when there is no such program.
Child start_child(const Command& command, int input, int output, int diagnostics);

}  // namespace lambda_pack
