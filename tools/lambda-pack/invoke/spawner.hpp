// Starts processes that end when this program does, however it ends. Private to this room.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace lambda_pack {

struct SpawnRequest {
  std::vector<std::string> arguments;              // [0] is a path
  std::map<std::string, std::string> environment;  // all of it
  std::string folder;                              // working folder
  int output = -1;                                 // becomes stdout, stderr and kLogDescriptor
  int status = -1;                                 // becomes kStatusDescriptor
  bool status_stays_open = false;                  // in the program that is started
};

inline constexpr int kLogDescriptor = 3;
inline constexpr int kStatusDescriptor = 4;

// The process leads a session. A failure to start the program is told through `status`. Throws Error when there can be
// no further process. On Linux the system kills the process when this program ends; elsewhere, its runtime client ends
// it as soon as it asks for the next event.
pid_t spawn(const SpawnRequest& request);

}  // namespace lambda_pack
