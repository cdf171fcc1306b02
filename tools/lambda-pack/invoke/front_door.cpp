#include "invoke/front_door.hpp"

#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "invoke/bounded_threads.hpp"
#include "invoke/function_pool.hpp"
#include "invoke/invoke_path.hpp"
#include "invoke/request_id.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

// Bytes of a payload (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
constexpr std::size_t kSynchronousLimit = 6'291'456;
constexpr std::size_t kAsynchronousLimit = 1'048'576;
// Bytes of the log that a caller gets.
constexpr std::size_t kLogTail = 4096;
// Seconds after which a connection without a request is closed; stopping takes as long. The SDKs open another one.
constexpr int kKeepAlive = 1;

// An answer of the API that is no invocation's: its type and status are in the API's reference.
class Refusal : public std::exception {
 public:
  Refusal(int status, std::string type, std::string message)
      : status_(status), type_(std::move(type)), message_(std::move(message)) {}

  void answer(httplib::Response& response) const {
    response.status = status_;
    response.set_header("x-amzn-ErrorType", type_);
    const Json body{{"Type", status_ < 500 ? "User" : "Service"}, {"Message", message_}};
    response.set_content(body.dump(-1, ' ', false, Json::error_handler_t::replace), "application/json");
  }

 private:
  int status_;
  std::string type_, message_;
};

Refusal too_large(std::size_t limit) {
  return Refusal(413, "RequestTooLargeException",
                 "Request must be smaller than " + std::to_string(limit) + " bytes for the InvokeFunction operation");
}

enum class InvocationType { request_response, event, dry_run };

InvocationType invocation_type(const httplib::Request& request) {
  const std::string type = request.get_header_value("X-Amz-Invocation-Type");
  if (type.empty() || type == "RequestResponse") return InvocationType::request_response;
  if (type == "Event") return InvocationType::event;
  if (type == "DryRun") return InvocationType::dry_run;
  throw Refusal(400, "ValidationException",
                "Value " + quote(type) + " at 'invocationType' must be one of RequestResponse, Event, DryRun");
}

// The caller's custom data; base64 of a JSON object of up to 3583 bytes.
std::string client_context(const httplib::Request& request) {
  const std::string header = request.get_header_value("X-Amz-Client-Context");
  if (header.empty()) return {};
  const std::optional<std::string> context = base64_decode(header);
  if (!context || !Json::accept(*context)) {
    throw Refusal(400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object.");
  }
  return *context;
}

// What the caller wants invoked; the query's qualifier must not contradict that of the name.
FunctionReference function_of(const std::string& written, const httplib::Request& request) {
  std::optional<FunctionReference> reference = parse_function_reference(written);
  if (!reference) {
    throw Refusal(400, "ValidationException",
                  "Value " + quote(written) + " at 'functionName' is neither a function's name nor its ARN");
  }
  const std::string qualifier = request.get_param_value("Qualifier");
  if (qualifier.empty()) return *reference;
  if (!reference->qualifier.empty() && reference->qualifier != qualifier) {
    throw Refusal(400, "InvalidParameterValueException",
                  "The derived qualifier from the function name does not match the specified qualifier.");
  }
  reference->qualifier = qualifier;
  return *reference;
}

void require_json(const std::string& payload) {
  if (payload.empty() || Json::accept(payload)) return;
  throw Refusal(400, "InvalidRequestContentException",
                "Could not parse request body into json: the payload is not JSON (RFC 8259) in UTF-8");
}

// httplib's task queue, with a thread for each connection: a pool of a few would be used up by as many clients that
// wait for their functions.
class ThreadPerConnection : public httplib::TaskQueue {
 public:
  explicit ThreadPerConnection(std::size_t most) : threads_(most) {}

  // Newer releases of httplib want to know whether the task was taken.
  using Taken = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::declval<std::function<void()>>()));
  Taken enqueue(std::function<void()> connection) override {
    threads_.run(std::move(connection));
    return Taken(true);
  }
  void shutdown() override { threads_.join(); }

 private:
  BoundedThreads threads_;
};

class HttpServer : public httplib::Server {
 public:
  // httplib's queue of connections that nobody has accepted yet holds five: more at once would be tried again by the
  // system after a second.
  void widen_backlog() { ::listen(svr_sock_, SOMAXCONN); }
};

}  // namespace

class FrontDoor::Impl {
 public:
  Impl(const FrontDoorOptions& options, std::map<std::string, Invoker> functions)
      : host_(options.host), functions_(std::move(functions)), events_(options.events) {
    configure(options.connections);
    bind(options.port);
    listener_ = std::thread([this] { server_.listen_after_bind(); });
    // stop() has no effect on a server that does not run yet.
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  ~Impl() { stop(); }

  void stop() {
    if (!listener_.joinable()) return;
    server_.stop();
    listener_.join();
    events_.join();
  }

  std::string url() const {
    const bool is_ipv6 = host_.find(':') != std::string::npos;
    return "http://" + (is_ipv6 ? "[" + host_ + "]" : host_) + ":" + std::to_string(port_);
  }

 private:
  void configure(std::size_t connections) {
    server_.new_task_queue = [connections] { return new ThreadPerConnection(connections); };
    server_.set_tcp_nodelay(true);  // head and body are two writes
    server_.set_keep_alive_timeout(kKeepAlive);
    server_.set_keep_alive_max_count(1'000'000'000);
    server_.set_payload_max_length(kSynchronousLimit);
    // Not httplib's own SO_REUSEPORT, with which two servers would share the port.
    server_.set_socket_options([](auto socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    server_.Post(".*",
                 [this](const httplib::Request& request, httplib::Response& response) { serve(request, response); });
    server_.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
      if (response.status == 413) return too_large(kSynchronousLimit).answer(response);
      if (!response.body.empty() || response.status < 400) return;
      Refusal(response.status, response.status == 404 ? "UnknownOperationException" : "InvalidRequestException",
              "there is no operation " + quote(request.method + " " + request.path) + " here, only Invoke")
          .answer(response);
    });
  }

  void bind(int port) {
    errno = 0;
    port_ = port == 0 ? server_.bind_to_any_port(host_) : server_.bind_to_port(host_, port) ? port : -1;
    if (port_ <= 0) {
      const int reason = errno;
      const std::string address = host_ + ":" + std::to_string(port);
      if (reason == EADDRINUSE) {
        throw Error("the address " + address + " is in use by another program",
                    "end that one, or take another: --port 0");
      }
      throw Error("cannot listen on " + address + (reason != 0 ? std::string(": ") + std::strerror(reason) : ""),
                  "an address of this machine and a port that you may use: --host 127.0.0.1 --port 9001");
    }
    server_.widen_backlog();
  }

  void serve(const httplib::Request& request, httplib::Response& response) {
    const std::string id = new_request_id();
    response.set_header("x-amzn-RequestId", id);
    try {
      invoke(id, request, response);
    } catch (const Refusal& refusal) {
      refusal.answer(response);
    } catch (const TooManyInvocations&) {
      Refusal(429, "TooManyRequestsException", "Rate Exceeded.").answer(response);
    } catch (const Error& error) {
      print_error(error);
      Refusal(500, "ServiceException", error.what()).answer(response);
    } catch (const std::exception& error) {
      print_error(Error(error.what()));
      Refusal(500, "ServiceException", error.what()).answer(response);
    }
  }

  void invoke(const std::string& id, const httplib::Request& request, httplib::Response& response) {
    const Address address = parse_invoke_path(std::string_view(request.target).substr(0, request.target.find('?')));
    if (address.operation == Operation::invoke_with_response_stream) {
      throw Refusal(404, "UnknownOperationException", "response streaming is not served here; take Invoke");
    }
    if (address.operation == Operation::unknown) {
      throw Refusal(404, "UnknownOperationException",
                    "there is no operation " + quote(request.path) + " here, only Invoke");
    }
    const FunctionReference reference = function_of(address.function, request);
    const Invoker& function = function_named(reference);
    const InvocationType type = invocation_type(request);
    if (type == InvocationType::event && request.body.size() > kAsynchronousLimit) throw too_large(kAsynchronousLimit);
    require_json(request.body);
    const InvocationRequest invocation{id, request.body, client_context(request), arn_of(reference)};

    response.set_header("X-Amz-Executed-Version", "$LATEST");
    if (type == InvocationType::dry_run) {
      response.status = 204;
    } else if (type == InvocationType::event) {
      accept_event(function, invocation);
      response.status = 202;
    } else {
      answer(function(invocation, false), request.get_header_value("X-Amz-Log-Type") == "Tail", response);
    }
  }

  static void answer(const InvocationResult& result, bool with_log, httplib::Response& response) {
    response.status = 200;
    if (!result.function_error.empty()) response.set_header("X-Amz-Function-Error", result.function_error);
    if (with_log) {
      const std::size_t begin = result.log.size() - std::min(result.log.size(), kLogTail);
      response.set_header("X-Amz-Log-Result", base64_encode(std::string_view(result.log).substr(begin)));
    }
    response.set_content(result.payload, "application/json");
  }

  // Tried once: Lambda's attempts after one and two minutes would only surprise here.
  void accept_event(const Invoker& function, const InvocationRequest& invocation) {
    const bool accepted = events_.try_run([&function, invocation] {
      try {
        function(invocation, true);
      } catch (const std::exception& error) {
        print_error(Error(error.what()).within("running the event " + invocation.request_id));
      }
    });
    if (!accepted) throw TooManyInvocations();
  }

  const Invoker& function_named(const FunctionReference& reference) const {
    const auto found = functions_.find(reference.name);
    if (found != functions_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, function] : functions_) names.push_back(name);
    throw Refusal(404, "ResourceNotFoundException",
                  "Function not found: " + (reference.arn.empty() ? reference.name : reference.arn) +
                      " (served here: " + join(names) + ")");
  }

  // Only what the caller said: without it the function's environment knows its own ARN.
  static std::string arn_of(const FunctionReference& reference) {
    if (reference.arn.empty() || reference.qualifier.empty()) return reference.arn;
    return reference.arn + ":" + reference.qualifier;
  }

  const std::string host_;
  const std::map<std::string, Invoker> functions_;
  BoundedThreads events_;
  HttpServer server_;
  int port_ = 0;
  std::thread listener_;
};

FrontDoor::FrontDoor(const FrontDoorOptions& options, std::map<std::string, Invoker> functions)
    : impl_(std::make_unique<Impl>(options, std::move(functions))) {}
FrontDoor::~FrontDoor() = default;
std::string FrontDoor::url() const { return impl_->url(); }
void FrontDoor::stop() { impl_->stop(); }

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

}  // namespace lambda_pack
