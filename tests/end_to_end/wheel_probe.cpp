// Builds a project's wheel without the rest of the program: what the tests of the build room drive.
//   wheel_probe build SOURCE OUTPUT ENVIRONMENTS PYTHON ONLINE|OFFLINE BACKEND BACKEND_PATH|- REQUIREMENT...
//   wheel_probe inputs PROJECT [LEAVE_OUT...]
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "build/backend.hpp"
#include "build/inputs.hpp"
#include "system/interrupt.hpp"
#include "system/report.hpp"

namespace {

int build(const std::vector<std::string>& arguments) {
  lambda_pack::BuildSystem build_system{{arguments.begin() + 7, arguments.end()}, arguments[5], {}};
  if (arguments[6] != "-") build_system.backend_path.push_back(arguments[6]);
  const lambda_pack::BuildOptions options{arguments[3], arguments[2], arguments[4] == "OFFLINE"};
  std::cout << lambda_pack::build_wheel(arguments[0], build_system, arguments[1], options).string() << '\n';
  return 0;
}

int inputs(const std::vector<std::string>& arguments) {
  const auto found = lambda_pack::project_inputs(arguments[0], {arguments.begin() + 1, arguments.end()});
  for (const auto& folder : found.folders) std::cout << folder.string() << "/\n";
  for (const auto& file : found.files) std::cout << file.string() << '\n';
  return 0;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  lambda_pack::clean_up_when_interrupted();
  try {
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    return arguments.at(0) == "inputs" ? inputs(rest) : build(rest);
  } catch (const lambda_pack::Error& error) {
    lambda_pack::print_error(error);
    return 1;
  }
}
