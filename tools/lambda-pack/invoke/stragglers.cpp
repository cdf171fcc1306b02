#include "invoke/stragglers.hpp"

#include <dirent.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace lambda_pack {
namespace {

// Of other users' processes, and of zombies: nothing.
std::string environment_of(const std::string& process) {
  std::ifstream file("/proc/" + process + "/environ", std::ios::binary);
  return std::string(1, '\0') + std::string(std::istreambuf_iterator<char>(file), {});
}

pid_t number_in(const char* name) {
  pid_t number = 0;
  const auto [end, error] = std::from_chars(name, name + std::strlen(name), number);
  return error == std::errc() && *end == '\0' ? number : 0;
}

// How many there were.
int kill_all_with(const std::string& variable) {
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(opendir("/proc"), closedir);
  if (processes == nullptr) return 0;
  int killed = 0;
  while (const dirent* entry = readdir(processes.get())) {
    const pid_t number = number_in(entry->d_name);
    if (number <= 0 || number == getpid()) continue;
    if (environment_of(entry->d_name).find(variable) == std::string::npos) continue;
    killed += kill(number, SIGKILL) == 0;
  }
  return killed;
}

}  // namespace

void end_stragglers(const std::string& api) {
  using namespace std::string_literals;
  const std::string variable = "\0AWS_LAMBDA_RUNTIME_API="s + api + "\0"s;
  // Again, for those that came to be meanwhile; a kill takes effect a moment after it.
  for (int round = 0; round < 50 && kill_all_with(variable) > 0; ++round) usleep(1000);
}

}  // namespace lambda_pack
