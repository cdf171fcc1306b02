#include <array>
#include <span>

#include "base/error.hpp"
#include "build/tools.hpp"
#include "bytecode/compile_worker.hpp"

namespace lambda_pack {
namespace {

std::string size_of(std::string_view text) {
  if (text.size() > UINT32_MAX) throw Error("a module is larger than 4 GiB");
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(text.size() >> (8 * i) & 0xff);
  return bytes;
}

}  // namespace

CompileWorker::CompileWorker(const FoundInterpreter& interpreter) : interpreter_(interpreter) { start(); }

// -I: nothing of the surroundings; -S: nothing installed; without warnings, which are the authors' to read.
void CompileWorker::start() {
  Command command;
  command.arguments = {interpreter_.executable.string(), "-I", "-S", "-W", "ignore", "-c", kCompileWorker};
  command.environment = without_python_settings();
  process_ = std::make_unique<Conversation>(command);
  is_known_ = false;
}

bool CompileWorker::hear_who_it_is() {
  std::string said, expected = "lambda-pack compiles\ncpython\n" + interpreter_.version + "\n";
  said.resize(expected.size());
  return process_->hear(said) && said == expected;
}

void CompileWorker::ask(std::string_view path, std::string_view source) {
  if (!is_known_ && !hear_who_it_is()) {
    throw Error(interpreter_.executable.string() + " does not run as CPython " + interpreter_.version,
                "install it again, name another (LAMBDA_PYTHON_INTERPRETER, --interpreter), or BYTECODE OFF");
  }
  is_known_ = true;
  // Whether it was taken shows in the answer.
  process_->say(size_of(path) + size_of(source)) && process_->say(path) && process_->say(source);
}

std::optional<std::string> CompileWorker::receive() {
  std::array<char, 4> size{};
  if (!process_->hear(size)) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = size.size(); i-- > 0;) length = length << 8 | static_cast<unsigned char>(size[i]);
  std::string content(length, '\0');
  if (!process_->hear(content)) return std::nullopt;
  return content;
}

std::optional<std::string> CompileWorker::answer() {
  std::optional<std::string> content = receive();
  if (!content) {
    start();
    return std::nullopt;
  }
  if (content->empty()) return std::nullopt;
  return content;
}

}  // namespace lambda_pack
