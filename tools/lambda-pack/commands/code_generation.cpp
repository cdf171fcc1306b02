#include "commands/code_generation.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "bundle/stage_tree.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// Compiles, relative to the working folder, what stdin names, and prints what a traceback would end with.
constexpr const char* kCompile = R"(
import sys, traceback
failed = False
for path in sys.stdin.read().split("\0"):
    try:
        with open(path, "rb") as file:
            compile(file.read(), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        failed = True
        sys.stdout.write("".join(traceback.format_exception_only(type(error), error)))
sys.exit(failed)
)";

void link_or_copy(const fs::path& source, const fs::path& target) {
  if (link(source.c_str(), target.c_str()) == 0) return;
  std::error_code error;
  fs::copy_file(source, target, error);
  if (error) throw_system_error("copying", source, error.value());
}

void copy_tree(const fs::path& source, const fs::path& target) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(source, error)) {
    const fs::path copy = target / entry.path().filename();
    if (entry.is_directory()) {
      fs::create_directory(copy, error);
      copy_tree(entry.path(), copy);
    } else if (entry.path().filename() != kStageMarker) {
      link_or_copy(entry.path(), copy);
    }
  }
  if (error) throw_system_error("copying the folder", source, error.value());
}

bool is_same_file(const fs::path& a, const fs::path& b) {
  struct stat first{}, second{};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

}  // namespace

CodeGeneration::CodeGeneration(const fs::path& tree) : folder_(tree.parent_path(), "served-") {
  // mkdtemp's mode shuts out others; what the function sees is readable by all, as on Lambda.
  fs::permissions(folder_.path(), fs::perms(0755));
  copy_tree(tree, folder_.path());
}

std::vector<fs::path> CodeGeneration::python_files_new_since(const CodeGeneration& before) const {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder())) {
    if (entry.path().extension() != ".py") continue;
    const fs::path name = entry.path().lexically_relative(folder());
    if (is_same_file(entry.path(), before.folder() / name) || same_content(entry.path(), before.folder() / name))
      continue;
    files.push_back(name);
  }
  return files;
}

std::string syntax_errors(const Client& client, const fs::path& folder, const std::vector<fs::path>& files) {
  if (files.empty()) return {};
  Command command;
  if (!client.emulator.empty()) command.arguments.push_back(client.emulator.string());
  for (const char* argument : {client.interpreter.c_str(), "-I", "-S", "-W", "ignore", "-c", kCompile}) {
    command.arguments.emplace_back(argument);
  }
  command.folder = folder;
  for (const fs::path& file : files)
    command.input += (command.input.empty() ? "" : std::string(1, '\0')) + file.string();
  const Outcome outcome = run(command);
  return outcome.succeeded() ? "" : outcome.output + outcome.diagnostics;
}

std::vector<fs::path> own_files(const std::vector<fs::path>& files, const std::set<fs::path>& project) {
  std::vector<fs::path> own;
  for (const fs::path& file : files) {
    const std::string end = "/" + file.string();
    const bool is_there = std::any_of(project.begin(), project.end(), [&](const fs::path& one) {
      return std::string_view(one.native()).ends_with(end);
    });
    if (is_there) own.push_back(file);
  }
  return own;
}

}  // namespace lambda_pack
