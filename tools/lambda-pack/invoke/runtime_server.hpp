// The Runtime API on a port of its own, for one execution environment. Has no thread: the one who waits for the
// function polls the descriptors. Private to this room.
#pragma once

#include <poll.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "invoke/runtime_api.hpp"

namespace lambda_pack {

class RuntimeServer {
 public:
  // Listens on a free port of 127.0.0.1. Throws Error when that is impossible.
  RuntimeServer();
  RuntimeServer(const RuntimeServer&) = delete;
  RuntimeServer& operator=(const RuntimeServer&) = delete;
  ~RuntimeServer();

  const std::string& address() const { return address_; }  // "127.0.0.1:1234"

  // Appends what to poll for.
  void add_descriptors(std::vector<pollfd>& descriptors) const;
  // Does what can be done without waiting: accepts, reads, answers. The first request that means something, of those
  // that are there; call again for further ones. `nothing` when there is none.
  RuntimeApi::Meaning advance();
  // Answers the `next` that waits.
  void answer_next(const RuntimeEvent& event);
  const std::string& body() const { return api_.body(); }

 private:
  struct Connection;
  void accept_all();
  RuntimeApi::Meaning read_requests(Connection& connection);

  int listening_ = -1;
  std::string address_;
  RuntimeApi api_;
  std::vector<std::unique_ptr<Connection>> connections_;
  Connection* waiting_ = nullptr;  // for an event
};

}  // namespace lambda_pack
