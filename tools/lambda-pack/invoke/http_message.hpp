// HTTP/1.1 messages (RFC 9112) as a runtime's client sends them over loopback. Pure.
//
// Not a library's, because the client puts the X-Ray cause of an error, up to 1 MiB of it, into one header line, and
// cpp-httplib refuses lines longer than 8 KiB, a limit that is compiled into the distributions' library.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

struct HttpRequest {
  std::string method, path;                    // path without the query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::size_t body_size = 0;  // as announced; more than the body holds when it was too large to keep
};

// Takes the bytes of one connection and gives the requests in them.
class HttpReader {
 public:
  // Bodies larger than `body_limit` are read over and not kept.
  explicit HttpReader(std::size_t body_limit) : body_limit_(body_limit) {}

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next whole request, or nothing before there is one. Throws Error for what is no HTTP.
  std::optional<HttpRequest> take();
  // Whether the client waits to hear that it may send the body (RFC 9110, 10.1.1); true once a request.
  bool expects_continue();

 private:
  void read_head();

  std::size_t body_limit_, body_left_ = 0;
  std::string buffer_;
  std::optional<HttpRequest> request_;  // whose head is complete
  bool expects_continue_ = false;
};

struct HttpResponse {
  int status = 200;
  std::map<std::string, std::string> headers;
  std::string body;
};

// Head and body in one text, to be sent at once: in two pieces they cost a delayed acknowledgement, 90 ms.
std::string to_text(const HttpResponse& response);

}  // namespace lambda_pack
