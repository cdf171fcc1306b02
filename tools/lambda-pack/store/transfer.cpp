#include "store/transfer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <random>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr int kMostRedirects = 10;
constexpr long kLeastBytesPerSecond = 200;     // so little for stall_seconds is a stall: it stops slow drips as well
constexpr std::uint64_t kProgress = 1'000'000;  // an attempt that brought so much is not counted against the file
constexpr std::uint64_t kDrained = 65'536;      // of a body that nobody wants, to keep the connection

const char* network_hint =
    "check the network, the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and the index's address (UV_DEFAULT_INDEX or "
    "PIP_INDEX_URL)";

// The certificates other Python tools are told to trust; the first variable that is set wins.
std::string certificates() {
  for (const char* name : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Busy or broken for now (RFC 9110, 15.5.9, 15.6; RFC 6585, 4): worth another attempt.
bool is_passing(long status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

bool is_passing(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return true;
    default: return false;
  }
}

bool is_strong(std::string_view etag) { return !etag.empty() && !etag.starts_with("W/"); }

// The first byte of `bytes 100-199/200` (RFC 9110, 14.4).
std::optional<std::uint64_t> range_start(std::string_view content_range) {
  if (!lowered(content_range).starts_with("bytes ")) return std::nullopt;
  content_range = trimmed(content_range.substr(6));
  std::uint64_t first = 0;
  const auto [end, failure] =
      std::from_chars(content_range.data(), content_range.data() + content_range.size(), first);
  if (failure != std::errc() || end == content_range.data() + content_range.size() || *end != '-') return std::nullopt;
  return first;
}

// What the server said before its body.
struct ResponseHead {
  long status = 0;
  std::string reason, etag, last_modified, location, content_type, content_range;

  void add(std::string_view line) {
    line = trimmed(line);
    if (line.starts_with("HTTP/")) {  // another head: after 100 Continue, or a proxy's
      *this = {};
      const auto words = split(line, ' ');
      if (words.size() > 1) status = std::atol(std::string(words[1]).c_str());
      return;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = lowered(line.substr(0, colon));
    const std::string value(trimmed(line.substr(colon + 1)));
    if (name == "etag") etag = value;
    if (name == "last-modified") last_modified = value;
    if (name == "location") location = value;
    if (name == "content-range") content_range = value;
    if (name == "content-type") content_type = lowered(trimmed(std::string_view(value).substr(0, value.find(';'))));
  }
};

std::string_view meaning(long status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 410: return "Gone";
    case 416: return "Range Not Satisfiable";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "";
  }
}

// A share of the pause between a half and the whole, so that builds that failed together do not come back together.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds pause) {
  static thread_local std::minstd_rand random(std::random_device{}());
  return pause / 2 + std::chrono::milliseconds(std::uniform_int_distribution<long long>(0, pause.count() / 2)(random));
}

}  // namespace

// One request's state. The callbacks run inside curl_multi_perform, so no exception may leave them.
class Transfer {
 public:
  Transfer(Transfers& owner, TransferRequest request, std::function<void(TransferResult)> done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)), easy_(curl_easy_init()) {
    if (easy_ == nullptr) throw std::bad_alloc();
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    owner_.loop_.forget(easy_);
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
  }

  void attempt() {
    const auto known = owner_.unreachable_.find(request_.url.origin());
    if (known != owner_.unreachable_.end()) return fail(known->second);
    ++attempts_;
    redirects_ = 0;
    ask(request_.url);
  }

 private:
  // ---- one hop ----
  void ask(Url url) {
    current_ = std::move(url);
    head_ = {};
    body_.clear();
    body_state_ = BodyState::not_begun;
    ignored_ = 0;
    broken_.reset();
    error_text_[0] = '\0';
    curl_easy_reset(easy_);
    set_connection_options();
    set_request_options();
    owner_.loop_.transfer(easy_, request_.priority, [this](CURLcode code) { hop_ended(code); });
  }

  void set_connection_options() {
    const TransferPatience& patience = owner_.patience_;
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_);
    curl_easy_setopt(easy_, CURLOPT_USERAGENT, "lambda-pack");
    curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, 262'144L);
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.connect_timeout.count()));
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT, kLeastBytesPerSecond);
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(patience.stall_seconds));
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    if (const std::string bundle = certificates(); !bundle.empty()) {
      const bool folder = std::filesystem::is_directory(bundle);
      curl_easy_setopt(easy_, folder ? CURLOPT_CAPATH : CURLOPT_CAINFO, bundle.c_str());
    }
  }

  void set_request_options() {
    curl_easy_setopt(easy_, CURLOPT_URL, current_.request().c_str());
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    set_credentials();
    curl_slist_free_all(std::exchange(headers_, nullptr));
    if (!request_.accept.empty()) add_header("Accept: " + request_.accept);
    if (request_.file == nullptr) {
      curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");  // all that this libcurl decodes
    } else {
      add_header("Accept-Encoding: identity");  // the hash is of the file, not of an encoding of it
      ask_for_the_rest();
    }
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  }

  void set_credentials() {
    const Credentials credentials = owner_.credentials_.credentials_for(current_);
    if (credentials.empty()) {
      curl_easy_setopt(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
      const char* netrc = std::getenv("NETRC");  // as Python's requests has it
      if (netrc != nullptr && *netrc != '\0') curl_easy_setopt(easy_, CURLOPT_NETRC_FILE, netrc);
      return;
    }
    curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(easy_, CURLOPT_USERNAME, credentials.user.c_str());
    curl_easy_setopt(easy_, CURLOPT_PASSWORD, credentials.password.c_str());
  }

  // RFC 9110, 13.1.5 and 14.2: the rest if the file is still the one we have the beginning of, else all of it.
  void ask_for_the_rest() {
    PartialFile& file = *request_.file;
    const Validator& validator = file.validator();
    asked_for_rest_ = file.size() > 0 && !validator.empty() && validator.url == request_.url.request();
    if (!asked_for_rest_) return;
    curl_easy_setopt(easy_, CURLOPT_RANGE, fmt::format("{}-", file.size()).c_str());
    add_header("If-Range: " + (validator.etag.empty() ? validator.last_modified : validator.etag));
  }

  void add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers_ = longer;
  }

  // ---- the answer ----
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
    static_cast<Transfer*>(self)->head_.add({data, size});
    return size;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->take({data, size}) ? size : 0;
  }

  // False ends the transfer; `broken_` then says why, unless the body was only in the way.
  bool take(std::string_view piece) {
    try {
      if (body_state_ == BodyState::not_begun) begin_body();
      if (body_state_ == BodyState::unwanted) return (ignored_ += piece.size()) <= kDrained;
      const std::uint64_t already = request_.file != nullptr ? request_.file->size() : body_.size();
      if (already + piece.size() > request_.limit) {
        throw_too_large();
        return false;
      }
      if (request_.file != nullptr) {
        request_.file->append(std::as_bytes(std::span(piece)));
      } else {
        body_ += piece;
      }
      if (request_.received) request_.received(already + piece.size(), piece.size());
      return true;
    } catch (const Error& error) {
      broken_ = Failure{FailureKind::disk, error};
    } catch (const std::bad_alloc&) {
      broken_ = Failure{FailureKind::disk, Error("out of memory")};
    }
    return false;
  }

  void throw_too_large() {
    broken_ = Failure{FailureKind::too_large,
                      Error(fmt::format("{} sends more than the {} it may have", current_.shown(),
                                        human_bytes(request_.limit)),
                            request_.file != nullptr ? "the file is not the one of the lock; lock again if it was "
                                                       "replaced rightfully"
                                                     : "check that this is the address of a package index")};
  }

  void begin_body() {
    body_state_ = BodyState::unwanted;
    if (head_.status == 200) {
      if (request_.file != nullptr) request_.file->restart(validator_of_answer());
      body_state_ = BodyState::wanted;
      resumed_ = false;
    } else if (head_.status == 206 && asked_for_rest_) {
      if (!continues_our_bytes()) return;
      body_state_ = BodyState::wanted;
      resumed_ = true;
    }
  }

  // Servers that ignore If-Range, or start elsewhere, are caught here; the hash catches what is left.
  bool continues_our_bytes() const {
    const PartialFile& file = *request_.file;
    const bool same_version = head_.etag.empty() || file.validator().etag.empty() ||
                              head_.etag == file.validator().etag;
    return same_version && range_start(head_.content_range) == file.size();
  }

  Validator validator_of_answer() const {
    Validator validator{request_.url.request(), is_strong(head_.etag) ? head_.etag : "", head_.last_modified};
    return validator.empty() ? Validator{} : validator;
  }

  // ---- its end ----
  void hop_ended(CURLcode code) {
    const bool body_was_in_the_way = code == CURLE_WRITE_ERROR && !broken_;
    if (broken_) return fail(std::move(*broken_));
    if (code != CURLE_OK && !body_was_in_the_way) return connection_failed(code);
    if (is_redirect(head_.status) && !head_.location.empty()) return follow();
    if (head_.status == 200 || head_.status == 206) return succeeded_or_again();
    answered_otherwise();
  }

  void succeeded_or_again() {
    try {
      if (body_state_ == BodyState::not_begun) begin_body();  // an empty body
    } catch (const Error& error) {
      return fail({FailureKind::disk, error});
    }
    if (body_state_ == BodyState::unwanted) return restart_and_retry();
    if (request_.file != nullptr && request_.size && request_.file->size() < *request_.size) {
      return retry(cut_short("the connection ended too early"), std::chrono::milliseconds(0));
    }
    TransferResult result;
    result.body = std::move(body_);
    result.content_type = head_.content_type;
    result.final_url = current_;
    result.resumed = resumed_;
    finish(std::move(result));
  }

  // A 206 that does not fit what we have, or a 416: all of it again.
  void restart_and_retry() {
    if (request_.file == nullptr) {
      return fail({FailureKind::refused,
                   Error(fmt::format("{} answered {} to a request for the whole", current_.shown(), head_.status))});
    }
    try {
      request_.file->restart({});
    } catch (const Error& error) {
      return fail({FailureKind::disk, error});
    }
    retry({FailureKind::interrupted,
           Error(fmt::format("{} does not continue the download where it ended", current_.shown()), "try again")},
          std::chrono::milliseconds(0));
  }

  void follow() {
    if (++redirects_ > kMostRedirects) {
      return fail({FailureKind::refused,
                   Error(fmt::format("{} redirects more than {} times", request_.url.shown(), kMostRedirects),
                         "check the index's address")});
    }
    try {
      Url next = current_.resolved(head_.location);
      if (next.is_file()) throw Error(fmt::format("{} is no http or https URL", next.shown()));
      const bool own_userinfo = !next.user.empty() || !next.password.empty();
      if (!own_userinfo && next.origin() == current_.origin()) {
        next.user = current_.user;
        next.password = current_.password;
      }
      ask(std::move(next));
    } catch (const Error& error) {
      fail({FailureKind::refused,
            Error(fmt::format("{} redirects to a place that is not followed: {}", current_.shown(), error.what()),
                  "check the index's address")});
    }
  }

  void answered_otherwise() {
    const long status = head_.status;
    const std::string text = fmt::format("{} answered {} {}", current_.shown(), status, meaning(status));
    if (status == 401 || status == 403) {
      return fail({FailureKind::unauthorized, Error(text, owner_.credentials_.hint_for(current_))});
    }
    if (status == 407) {
      return fail({FailureKind::unauthorized,
                   Error(text, "put the proxy's user name and password into HTTPS_PROXY")});
    }
    if (status == 404 || status == 410) return fail({FailureKind::not_found, Error(text)});
    if (status == 416 && asked_for_rest_) return restart_and_retry();
    const Error error(std::string(trimmed(text)), "try again later, or use another index (UV_DEFAULT_INDEX or "
                                                  "PIP_INDEX_URL)");
    if (is_passing(status)) return retry({FailureKind::interrupted, error}, asked_to_wait());
    fail({FailureKind::refused, error});
  }

  // Retry-After (RFC 9110, 10.2.3), as seconds or as a date.
  std::chrono::milliseconds asked_to_wait() const {
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &seconds);
    const auto bound = std::chrono::duration_cast<std::chrono::seconds>(owner_.patience_.longest_pause).count() + 1;
    return std::chrono::seconds(std::clamp<long long>(seconds, 0, bound));
  }

  void connection_failed(CURLcode code) {
    Failure failure = describe(code);
    if (is_passing(code)) return retry(std::move(failure), std::chrono::milliseconds(0));
    fail(std::move(failure));
  }

  Failure describe(CURLcode code) {
    curl_off_t connected = 0;
    curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected);
    if (connected == 0) {
      const std::string reason = *error_text_ != '\0' ? error_text_ : curl_easy_strerror(code);
      const bool certificate = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
      return {FailureKind::unreachable,
              Error(fmt::format("cannot reach {}: {}", current_.shown(), reason),
                    certificate ? "name the file of certificates to trust: SSL_CERT_FILE" : network_hint)};
    }
    const std::string came = human_bytes(request_.file != nullptr ? request_.file->size() : body_.size());
    if (code == CURLE_OPERATION_TIMEDOUT) {
      return {FailureKind::interrupted,
              Error(fmt::format("{} stalled: almost nothing came for {} s, after {}", current_.shown(),
                                owner_.patience_.stall_seconds, came),
                    "try again: what has come is kept")};
    }
    return cut_short(*error_text_ != '\0' ? error_text_ : curl_easy_strerror(code));
  }

  Failure cut_short(std::string_view reason) const {
    const std::string came = human_bytes(request_.file != nullptr ? request_.file->size() : body_.size());
    return {FailureKind::interrupted, Error(fmt::format("{} was cut after {}: {}", current_.shown(), came, reason),
                                            "try again: what has come is kept")};
  }

  void retry(Failure failure, std::chrono::milliseconds asked_for) {
    if (request_.file != nullptr && request_.file->size() >= longest_ + kProgress) {
      longest_ = request_.file->size();
      attempts_ = 1;
    }
    const TransferPatience& patience = owner_.patience_;
    const bool reached = failure.kind != FailureKind::unreachable;
    if (attempts_ >= (reached ? patience.attempts : std::min(patience.attempts, kAttemptsToReach))) {
      Error error(fmt::format("{} (tried {} times)", failure.error.what(), attempts_), failure.error.hint());
      Failure last{failure.kind, attempts_ > 1 ? std::move(error) : std::move(failure.error)};
      if (!reached) owner_.unreachable_.emplace(current_.origin(), last);
      return fail(std::move(last));
    }
    const auto doubled = patience.first_pause * (1LL << std::min(attempts_ - 1, 20));
    const auto pause = std::min(std::max(with_jitter(doubled), asked_for), patience.longest_pause);
    owner_.loop_.after(pause, [this] { attempt(); });
  }

  void fail(Failure failure) {
    TransferResult result;
    result.failure = std::move(failure);
    result.final_url = current_;
    finish(std::move(result));
  }

  // The last thing this object does.
  void finish(TransferResult result) {
    const auto self = owner_.running_.extract(this);
    done_(std::move(result));
  }

  enum class BodyState { not_begun, wanted, unwanted };

  Transfers& owner_;
  TransferRequest request_;
  std::function<void(TransferResult)> done_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  char error_text_[CURL_ERROR_SIZE] = "";

  int attempts_ = 0;
  std::uint64_t longest_ = 0;  // bytes of the file at the last attempt that counted as progress
  int redirects_ = 0;
  bool resumed_ = false;

  Url current_;
  bool asked_for_rest_ = false;
  ResponseHead head_;
  BodyState body_state_ = BodyState::not_begun;
  std::string body_;
  std::uint64_t ignored_ = 0;
  std::optional<Failure> broken_;
};

Transfers::Transfers(EventLoop& loop, const CredentialBook& credentials, TransferPatience patience)
    : loop_(loop), credentials_(credentials), patience_(patience) {}

Transfers::~Transfers() = default;

void Transfers::start(TransferRequest request, std::function<void(TransferResult)> done) {
  auto transfer = std::make_unique<Transfer>(*this, std::move(request), std::move(done));
  Transfer& started = *transfer;
  running_.emplace(&started, std::move(transfer));
  started.attempt();
}

}  // namespace lambda_pack
