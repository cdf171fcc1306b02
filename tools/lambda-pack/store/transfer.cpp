#include "store/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <random>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "store/curl_request.hpp"
#include "store/http_response.hpp"

namespace lambda_pack {
namespace {

using std::chrono::milliseconds;

constexpr int kMostRedirects = 10;
constexpr std::uint64_t kProgress = 1'000'000;  // bytes for which an attempt is not counted against the file
constexpr std::uint64_t kDrained = 65'536;      // of a body that nobody wants, to keep the connection

constexpr const char* kNetworkHint =
    "check the network, the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and the index's address (UV_DEFAULT_INDEX "
    "or "
    "PIP_INDEX_URL)";
constexpr const char* kAddressHint = "check the index's address";
constexpr const char* kAgainHint = "try again: what has come is kept";
constexpr const char* kLaterHint = "try again later, or use another index (UV_DEFAULT_INDEX or PIP_INDEX_URL)";

// Between a half and the whole of a pause, so that builds that failed together do not come back together.
milliseconds with_jitter(milliseconds pause) {
  static thread_local std::minstd_rand random(std::random_device{}());
  return pause / 2 + milliseconds(std::uniform_int_distribution<long long>(0, pause.count() / 2)(random));
}

}  // namespace

// One request's state. The callbacks run inside libcurl, so no exception may leave them.
class Transfer {
 public:
  Transfer(Transfers& owner, TransferRequest request, std::function<void(TransferResult)> done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { owner_.loop_.forget(curl_.handle()); }

  void attempt() {
    const auto known = owner_.unreachable_.find(request_.url.origin());
    if (known != owner_.unreachable_.end()) return fail(known->second);
    ++attempts_;
    redirects_ = 0;
    ask(request_.url);
  }

 private:
  // What becomes of the body: decided when its first byte comes, by the head.
  enum class Body { undecided, wanted, unwanted };

  // ---- one hop ----
  void ask(Url url) {
    current_ = std::move(url);
    head_ = {};
    body_ = Body::undecided;
    text_.clear();
    ignored_ = 0;
    broken_.reset();
    curl_.begin(current_, owner_.credentials_.credentials_for(current_), owner_.patience_,
                {&Transfer::on_header, &Transfer::on_body, this});
    if (!request_.accept.empty()) curl_.add_header("Accept: " + request_.accept);
    if (request_.file == nullptr) {
      curl_.accept_compression();
      curl_.share_connection();
    } else {
      curl_.add_header("Accept-Encoding: identity");  // the hash is of the file, not of an encoding of it
      ask_for_the_rest();
    }
    owner_.loop_.transfer(curl_.handle(), request_.priority, [this](CURLcode code) { hop_ended(code); });
  }

  // RFC 9110, 13.1.5 and 14.2: the rest if the file is still the one we have the beginning of, else all of it.
  void ask_for_the_rest() {
    const PartialFile& file = *request_.file;
    const Validator& validator = file.validator();
    asked_for_rest_ = file.size() > 0 && !validator.empty() && validator.url == request_.url.request();
    if (!asked_for_rest_) return;
    curl_.ask_from(file.size());
    curl_.add_header("If-Range: " + (validator.etag.empty() ? validator.last_modified : validator.etag));
  }

  // ---- the answer ----
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->guarded([&](Transfer& transfer) {
      transfer.head_.add({data, size});
      return true;
    })
               ? size
               : 0;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->guarded([&](Transfer& transfer) { return transfer.take({data, size}); }) ? size
                                                                                                                  : 0;
  }

  // False, for exceptions too, ends the transfer; `broken_` then says why, unless the body was only in the way.
  template <typename Action>
  bool guarded(Action&& action) {
    try {
      return action(*this);
    } catch (const Error& error) {
      broken_ = Failure{FailureKind::disk, error};
    } catch (const std::exception& error) {
      broken_ = Failure{FailureKind::disk, Error(fmt::format("{}: {}", current_.shown(), error.what()))};
    }
    return false;
  }

  bool take(std::string_view piece) {
    if (body_ == Body::undecided) decide_about_body();
    if (body_ == Body::unwanted) return (ignored_ += piece.size()) <= kDrained;
    const std::uint64_t here = bytes_here() + piece.size();
    if (here > request_.limit) {
      broken_ = too_large();
      return false;
    }
    if (request_.file != nullptr) {
      request_.file->append(std::as_bytes(std::span(piece)));
    } else {
      text_ += piece;
    }
    if (request_.received) request_.received(here, piece.size());
    return true;
  }

  void decide_about_body() {
    body_ = Body::unwanted;
    if (head_.status == 200) {
      if (request_.file != nullptr) request_.file->restart(validator_of_answer());
      body_ = Body::wanted;
      resumed_ = false;
    } else if (head_.status == 206 && asked_for_rest_ && continues_our_bytes()) {
      body_ = Body::wanted;
      resumed_ = true;
    }
  }

  // Servers that ignore If-Range, or start elsewhere, are caught here; the hash catches what is left.
  bool continues_our_bytes() const {
    const std::string& ours = request_.file->validator().etag;
    const bool same_version = head_.etag.empty() || ours.empty() || head_.etag == ours;
    return same_version && range_start(head_.content_range) == request_.file->size();
  }

  Validator validator_of_answer() const {
    const Validator validator{request_.url.request(), is_strong_etag(head_.etag) ? head_.etag : "",
                              head_.last_modified};
    return validator.empty() ? Validator{} : validator;
  }

  std::uint64_t bytes_here() const { return request_.file != nullptr ? request_.file->size() : text_.size(); }

  // ---- its end ----
  void hop_ended(CURLcode code) {
    const bool body_was_in_the_way = code == CURLE_WRITE_ERROR && !broken_;
    if (broken_) return fail(std::move(*broken_));
    if (code != CURLE_OK && !body_was_in_the_way) return connection_failed(code);
    if (is_redirect(head_.status) && !head_.location.empty()) return follow();
    if (head_.status == 200 || head_.status == 206) return body_ended();
    answered_otherwise();
  }

  void body_ended() {
    const bool decided = guarded([](Transfer& transfer) {
      if (transfer.body_ == Body::undecided) transfer.decide_about_body();  // it was empty
      return true;
    });
    if (!decided) return fail(std::move(*broken_));
    if (body_ == Body::unwanted) return begin_anew();
    if (request_.file != nullptr && request_.size && bytes_here() < *request_.size) {
      return retry(cut_short("the connection ended too early"));
    }
    TransferResult result;
    result.body = std::move(text_);
    result.content_type = head_.content_type;
    result.final_url = current_;
    result.resumed = resumed_;
    finish(std::move(result));
  }

  // After a 206 that does not fit what we have, or a 416: all of it again.
  void begin_anew() {
    const bool forgotten = guarded([](Transfer& transfer) {
      if (transfer.request_.file != nullptr) transfer.request_.file->restart({});
      return true;
    });
    if (!forgotten) return fail(std::move(*broken_));
    retry({FailureKind::interrupted,
           Error(fmt::format("{} does not continue the download where it ended", current_.shown()), kLaterHint)});
  }

  void follow() {
    if (++redirects_ > kMostRedirects) {
      return fail(
          {FailureKind::refused,
           Error(fmt::format("{} redirects more than {} times", request_.url.shown(), kMostRedirects), kAddressHint)});
    }
    try {
      Url next = current_.resolved(head_.location);
      if (next.is_file()) throw Error(fmt::format("{} is no http or https URL", next.shown()));
      if (next.user.empty() && next.password.empty() && next.origin() == current_.origin()) {
        next.user = current_.user;
        next.password = current_.password;
      }
      ask(std::move(next));
    } catch (const Error& error) {
      fail({FailureKind::refused,
            Error(fmt::format("{} redirects to a place that is not followed: {}", current_.shown(), error.what()),
                  kAddressHint)});
    }
  }

  void answered_otherwise() {
    const long status = head_.status;
    const std::string text = fmt::format("{} answered {}", current_.shown(), status_text(status));
    if (status == 401 || status == 403) {
      return fail({FailureKind::unauthorized, Error(text, owner_.credentials_.hint_for(current_))});
    }
    if (status == 407) {
      return fail({FailureKind::unauthorized,
                   Error(text, "put the proxy's user name and password into HTTPS_PROXY and HTTP_PROXY")});
    }
    if (status == 404 || status == 410) return fail({FailureKind::not_found, Error(text)});
    if (status == 416 && asked_for_rest_) return begin_anew();
    Failure failure{FailureKind::interrupted, Error(text, kLaterHint)};
    if (is_passing(status)) return retry(std::move(failure), asked_to_wait());
    failure.kind = FailureKind::refused;
    fail(std::move(failure));
  }

  milliseconds asked_to_wait() const {
    const long long most = owner_.patience_.longest_pause.count() / 1000 + 1;  // cut to the exact bound by retry()
    return std::chrono::seconds(std::clamp<long long>(curl_.retry_after(), 0, most));
  }

  void connection_failed(CURLcode code) {
    Failure failure = curl_.connected() ? interrupted(code) : unreachable(code);
    is_passing(code) ? retry(std::move(failure)) : fail(std::move(failure));
  }

  Failure unreachable(CURLcode code) const {
    return {
        FailureKind::unreachable,
        Error(fmt::format("cannot reach {}: {}", current_.shown(), curl_.reason(code)),
              is_about_certificates(code) ? "name the file of certificates to trust: SSL_CERT_FILE" : kNetworkHint)};
  }

  Failure interrupted(CURLcode code) const {
    if (code != CURLE_OPERATION_TIMEDOUT) return cut_short(curl_.reason(code));
    return {FailureKind::interrupted,
            Error(fmt::format("{} stalled: almost nothing came for {} s, after {}", current_.shown(),
                              owner_.patience_.stall_seconds, human_bytes(bytes_here())),
                  kAgainHint)};
  }

  Failure cut_short(std::string_view reason) const {
    return {
        FailureKind::interrupted,
        Error(fmt::format("{} was cut after {}: {}", current_.shown(), human_bytes(bytes_here()), reason), kAgainHint)};
  }

  Failure too_large() const {
    return {
        FailureKind::too_large,
        Error(fmt::format("{} sends more than the {} it may have", current_.shown(), human_bytes(request_.limit)),
              request_.file != nullptr ? "that is not the file of the lock; lock again if it was replaced rightfully"
                                       : kAddressHint)};
  }

  void retry(Failure failure, milliseconds asked_for = {}) {
    if (request_.file != nullptr && bytes_here() >= longest_ + kProgress) {
      longest_ = bytes_here();
      attempts_ = 1;
    }
    const TransferPatience& patience = owner_.patience_;
    const bool reached = failure.kind != FailureKind::unreachable;
    if (attempts_ >= (reached ? patience.attempts : std::min(patience.attempts, kAttemptsToReach))) {
      return give_up(std::move(failure));
    }
    const auto doubled = patience.first_pause * (1LL << std::min(attempts_ - 1, 20));
    const auto pause = std::min(std::max(with_jitter(doubled), asked_for), patience.longest_pause);
    owner_.loop_.after(pause, [this] { attempt(); });
  }

  void give_up(Failure failure) {
    if (attempts_ > 1) {
      failure.error = Error(fmt::format("{} (tried {} times)", failure.error.what(), attempts_), failure.error.hint());
    }
    if (failure.kind == FailureKind::unreachable) owner_.unreachable_.emplace(current_.origin(), failure);
    fail(std::move(failure));
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

  Transfers& owner_;
  const TransferRequest request_;
  const std::function<void(TransferResult)> done_;
  CurlRequest curl_;

  int attempts_ = 0;
  std::uint64_t longest_ = 0;  // bytes of the file at the last attempt that counted as progress
  int redirects_ = 0;
  bool resumed_ = false;

  Url current_;
  bool asked_for_rest_ = false;
  ResponseHead head_;
  Body body_ = Body::undecided;
  std::string text_;           // the body, when it does not go into a file
  std::uint64_t ignored_ = 0;  // bytes of an unwanted body
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
