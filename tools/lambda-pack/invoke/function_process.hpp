// The process of an execution environment, and all that it starts. Private to this room.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "invoke/execution_environment.hpp"

namespace lambda_pack {

// One running process. It leads a session of its own, and ends with this program.
class FunctionProcess {
 public:
  // Starts the client for the function, with the Runtime API at `api` ("127.0.0.1:1234"). Where the tree cannot stand
  // at /var/task, it runs where it is, and the first time that is said. Throws Error when nothing can be started.
  FunctionProcess(const Function& function, const Client& client, const std::string& api);
  FunctionProcess(const FunctionProcess&) = delete;
  FunctionProcess& operator=(const FunctionProcess&) = delete;
  // kill(), and waits for it.
  ~FunctionProcess();

  // stdout, stderr and the frames of log records; not blocking.
  int output() const { return output_; }
  // How it ended, as waitpid says, once it has.
  std::optional<int> exited();
  // Ends it and the processes of its group; what has left the group ends when its own end is noticed.
  void kill() const;
  // The most memory that it has used, in bytes. Costs 20 µs.
  std::uint64_t peak_memory();

 private:
  void start(const Function& function, const Client& client, const std::string& api);

  const std::string api_;
  pid_t pid_ = -1;
  int output_ = -1;
  int cleanup_slot_ = -1;
  std::optional<int> status_;
  std::uint64_t peak_ = 0;
};

}  // namespace lambda_pack
