// Kept folders of installed distributions, to be put on sys.path: no virtual environments, so that they can be used by
// any interpreter that fits.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lambda_pack {

struct PackagesRequest {
  std::string purpose;                    // "the runtime interface client": for messages
  std::vector<std::string> requirements;  // PEP 508
  int minor = 0;                          // of the interpreter that will use them
  std::string machine;                    // its machine, as platform tags name it: "aarch64"
  bool foreign = false;                   // it is another machine than this one: only wheels for it can be installed
  std::filesystem::path interpreter;      // of that minor; runs pip when there is no uv. Not run when foreign
  std::string python;                     // any other one that may have pip
  std::filesystem::path parent;           // the folder that holds all of them
  std::filesystem::path project;          // for whom: indexes configured there count
  bool offline = false;
};

// The folder that has the requirements in it, bytecode compiled; made on first use. Any number of processes may ask at
// once: one makes it, the others wait. An interrupted one is never used. Throws Error with the tool's output when it
// cannot be made.
std::filesystem::path packages_for(const PackagesRequest& request);

}  // namespace lambda_pack
