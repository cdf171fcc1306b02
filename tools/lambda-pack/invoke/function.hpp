// A Lambda function as a local run needs it: what create-function and the zip would tell AWS.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runtime/target.hpp"

namespace lambda_pack {

struct Function {
  std::string name;  // "my-lambda"
  Target target;
  std::string handler;                        // "my_lambda.handler.handler"
  std::filesystem::path task_root;            // the staged tree, absolute
  std::vector<std::filesystem::path> layers;  // unpacked ones, absolute, in the order in which they overlay each other
  int memory = 128;                           // MB: 128 to 10240
  int timeout = 3;                            // seconds: 1 to 900
  std::map<std::string, std::string> environment;
};

}  // namespace lambda_pack
