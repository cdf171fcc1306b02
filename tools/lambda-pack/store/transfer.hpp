// One GET, however many attempts, redirects and resumptions it takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "store/credentials.hpp"
#include "store/event_loop.hpp"
#include "store/partial_file.hpp"
#include "store/url.hpp"

namespace lambda_pack {

enum class FailureKind {
  unreachable,   // no connection, name not resolved, TLS refused
  unauthorized,  // 401, 403, 407
  not_found,     // 404, 410
  refused,       // another answer than a success; a redirect that may not be followed
  interrupted,   // stalled, cut, busy: every attempt
  too_large,
  damaged,  // it came, and is not what it should be
  disk,     // here: nothing that another address could mend
};

struct Failure {
  FailureKind kind;
  Error error;
};

// How patient transfers are.
struct TransferPatience {
  int attempts = 5;
  std::chrono::milliseconds first_pause{500};      // doubled after each attempt, with jitter
  std::chrono::milliseconds longest_pause{60000};  // bounds Retry-After too
  std::chrono::milliseconds connect_timeout{15000};
  int stall_seconds = 30;
};

struct TransferRequest {
  Url url;
  std::string accept;                 // the Accept header
  PartialFile* file = nullptr;        // where the bytes go, which it may hold some of already; null: into memory.
                                      // Must outlive the transfer
  std::uint64_t limit = 0;            // bytes that may come at most
  std::optional<std::uint64_t> size;  // of the whole file, when known: an end before it is a cut
  std::uint64_t priority = 0;         // among requests that wait for a connection
  // Told after each piece: the bytes that are here, and how many of them that piece had. May be empty.
  std::function<void(std::uint64_t here, std::uint64_t fresh)> received;
};

struct TransferResult {
  std::optional<Failure> failure;  // the rest is set without one
  std::string body;                // without a file
  std::string content_type;        // lower case, without parameters
  Url final_url;                   // after redirects
  bool resumed = false;            // some bytes are from an earlier attempt or run
};

class Transfer;

// How often a host that cannot be reached is tried; a name server or a proxy that is away rarely comes back
// sooner.
inline constexpr int kAttemptsToReach = 3;

// Starts transfers; what they share.
class Transfers {
 public:
  Transfers(EventLoop& loop, const CredentialBook& credentials, TransferPatience patience);
  ~Transfers();

  // `done` is called from the loop, once.
  void start(TransferRequest request, std::function<void(TransferResult)> done);

 private:
  friend class Transfer;
  EventLoop& loop_;
  const CredentialBook& credentials_;
  TransferPatience patience_;
  std::map<std::string, Failure> unreachable_;  // by origin: nobody else has to find out
  std::map<const Transfer*, std::unique_ptr<Transfer>> running_;
};

}  // namespace lambda_pack
