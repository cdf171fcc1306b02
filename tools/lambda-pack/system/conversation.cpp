#include "system/conversation.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "system/child.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

// Where what nobody reads goes.
class Nowhere {
 public:
  Nowhere() : descriptor_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw_system_error("opening", "/dev/null", errno);
  }
  Nowhere(const Nowhere&) = delete;
  Nowhere& operator=(const Nowhere&) = delete;
  ~Nowhere() { close(descriptor_); }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

struct Conversation::Parts {
  explicit Parts(const Command& command)
      : child(start_child(command, input.reading(), output.writing(), Nowhere().descriptor())) {
    input.close_reading();
    output.close_writing();
  }

  Pipe input, output;
  Child child;
};

Conversation::Conversation(const Command& command) : parts_(std::make_unique<Parts>(command)) {}

Conversation::~Conversation() {
  kill(parts_->child.id, SIGKILL);
  while (waitpid(parts_->child.id, nullptr, 0) < 0 && errno == EINTR) continue;
}

bool Conversation::say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = write(parts_->input.writing(), text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Conversation::hear(std::span<char> text) {
  while (!text.empty()) {
    const ssize_t got = read(parts_->output.reading(), text.data(), text.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    text = text.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace lambda_pack
