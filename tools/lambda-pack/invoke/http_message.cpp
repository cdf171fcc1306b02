#include "invoke/http_message.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::size_t kHeadLimit = 4 << 20;

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Payload Too Large";
    default: return "Status";
  }
}

[[noreturn]] void refuse(std::string_view what) {
  throw Error("the function's runtime client sent what is no HTTP request: " + std::string(what));
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

std::size_t content_length(const HttpRequest& request) {
  if (request.headers.contains("transfer-encoding")) refuse("a body without a length");
  const auto found = request.headers.find("content-length");
  if (found == request.headers.end()) return 0;
  const std::string& text = found->second;
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size()) refuse("Content-Length " + quote(text));
  return length;
}

}  // namespace

void HttpReader::read_head() {
  const std::size_t end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (buffer_.size() > kHeadLimit) refuse("a head of more than 4 MiB");
    return;
  }
  std::string_view head = std::string_view(buffer_).substr(0, end + 2);
  HttpRequest request;
  const auto words = split(take_line(head), ' ');
  if (words.size() != 3 || !words[2].starts_with("HTTP/1.")) refuse("its first line");
  request.method = words[0];
  request.path = words[1].substr(0, words[1].find('?'));
  while (!head.empty()) {
    const std::string_view line = take_line(head);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) refuse("a header without a colon");
    request.headers[lowered(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  request.body_size = body_left_ = content_length(request);
  const auto expect = request.headers.find("expect");
  expects_continue_ = expect != request.headers.end() && lowered(expect->second) == "100-continue";
  buffer_.erase(0, end + 4);
  request_ = std::move(request);
}

std::optional<HttpRequest> HttpReader::take() {
  if (!request_) read_head();
  if (!request_) return std::nullopt;
  const std::size_t part = std::min(body_left_, buffer_.size());
  if (request_->body_size <= body_limit_) request_->body.append(buffer_, 0, part);
  buffer_.erase(0, part);
  body_left_ -= part;
  if (body_left_ > 0) return std::nullopt;
  std::optional<HttpRequest> whole = std::move(request_);
  request_.reset();
  expects_continue_ = false;
  return whole;
}

bool HttpReader::expects_continue() { return std::exchange(expects_continue_, false); }

std::string to_text(const HttpResponse& response) {
  std::string text =
      "HTTP/1.1 " + std::to_string(response.status) + ' ' + std::string(reason_of(response.status)) + "\r\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n";
  return text + response.body;
}

}  // namespace lambda_pack
