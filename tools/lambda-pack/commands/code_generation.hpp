// The code of a served function at one moment: invocations under way keep it while a build changes the staged tree.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "invoke/execution_environment.hpp"
#include "system/files.hpp"

namespace lambda_pack {

class CodeGeneration {
 public:
  // A copy of `tree` beside it; of hard links where the file system has them, since staging replaces files and never
  // writes into one (measured: 8 ms for 1,000 files). Removed with the object.
  explicit CodeGeneration(const std::filesystem::path& tree);

  const std::filesystem::path& folder() const { return folder_.path(); }

  // The Python files, relative to the folder, that `before` has not or has with other bytes.
  std::vector<std::filesystem::path> python_files_new_since(const CodeGeneration& before) const;

 private:
  TemporaryFolder folder_;
};

// What Python says about those of `files`, relative to `folder`, that it cannot compile; empty when it can.
std::string syntax_errors(const Client& client, const std::filesystem::path& folder,
                          const std::vector<std::filesystem::path>& files);

// Those of `files` that stand in the project as well, in whatever folder: its own code. Distributions may ship files
// that are no Python of this version, and never import them.
std::vector<std::filesystem::path> own_files(const std::vector<std::filesystem::path>& files,
                                             const std::set<std::filesystem::path>& project);

}  // namespace lambda_pack
