#include "invoke/runtime_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "invoke/http_message.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

void set_up(int descriptor) {
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
}

}  // namespace

struct RuntimeServer::Connection {
  explicit Connection(int accepted) : descriptor(accepted) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(descriptor); }

  void send_some() {
    while (!outgoing.empty()) {
      const ssize_t sent = write(descriptor, outgoing.data(), outgoing.size());
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) {
        closed = closed || errno != EAGAIN;
        return;
      }
      outgoing.erase(0, static_cast<std::size_t>(sent));
    }
  }

  void receive_some() {
    std::array<char, 65536> buffer;
    while (true) {
      const ssize_t got = read(descriptor, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) {
        closed = true;
        return;
      }
      reader.feed({buffer.data(), static_cast<std::size_t>(got)});
      if (static_cast<std::size_t>(got) < buffer.size()) return;
    }
  }

  int descriptor;
  HttpReader reader{kResponseLimit};
  std::string outgoing;
  bool closed = false;
};

RuntimeServer::RuntimeServer() : listening_(socket(AF_INET, SOCK_STREAM, 0)) {
  if (listening_ < 0) throw_system_error("making", "a socket", errno);
  set_up(listening_);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  auto* const address = reinterpret_cast<sockaddr*>(&place);
  if (bind(listening_, address, size) != 0 || listen(listening_, 16) != 0 ||
      getsockname(listening_, address, &size) != 0) {
    const int reason = errno;
    close(listening_);
    throw_system_error("listening on", "127.0.0.1", reason);
  }
  address_ = "127.0.0.1:" + std::to_string(ntohs(place.sin_port));
}

RuntimeServer::~RuntimeServer() { close(listening_); }

void RuntimeServer::add_descriptors(std::vector<pollfd>& descriptors) const {
  descriptors.push_back({listening_, POLLIN, 0});
  for (const auto& one : connections_) {
    descriptors.push_back({one->descriptor, static_cast<short>(one->outgoing.empty() ? POLLIN : POLLIN | POLLOUT), 0});
  }
}

void RuntimeServer::accept_all() {
  while (true) {
    const int accepted = accept(listening_, nullptr, nullptr);
    if (accepted < 0 && errno == EINTR) continue;
    if (accepted < 0) return;
    set_up(accepted);
    const int on = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_.push_back(std::make_unique<Connection>(accepted));
  }
}

RuntimeApi::Meaning RuntimeServer::read_requests(Connection& connection) {
  try {
    while (std::optional<HttpRequest> request = connection.reader.take()) {
      RuntimeApi::Answer answer = api_.handle(std::move(*request));
      if (answer.meaning == RuntimeApi::Meaning::next) {
        waiting_ = &connection;
        return answer.meaning;
      }
      connection.outgoing += to_text(answer.response);
      connection.send_some();
      if (answer.meaning != RuntimeApi::Meaning::nothing) return answer.meaning;
    }
    if (connection.reader.expects_continue()) connection.outgoing += "HTTP/1.1 100 Continue\r\n\r\n";
  } catch (const Error&) {
    connection.closed = true;  // the client finds out, and its traceback is in the log
  }
  return RuntimeApi::Meaning::nothing;
}

RuntimeApi::Meaning RuntimeServer::advance() {
  accept_all();
  for (const auto& connection : connections_) {
    connection->receive_some();
    const RuntimeApi::Meaning meaning = read_requests(*connection);
    connection->send_some();
    if (meaning != RuntimeApi::Meaning::nothing) return meaning;
  }
  std::erase_if(connections_, [this](const auto& one) {
    if (one->closed && waiting_ == one.get()) waiting_ = nullptr;
    return one->closed;
  });
  return RuntimeApi::Meaning::nothing;
}

void RuntimeServer::answer_next(const RuntimeEvent& event) {
  if (waiting_ == nullptr) return;  // the process has ended meanwhile, which shows soon
  waiting_->outgoing += to_text(api_.next_answer(event));
  waiting_->send_some();
  waiting_ = nullptr;
}

}  // namespace lambda_pack
