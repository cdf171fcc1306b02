#include "store/curl_request.hpp"

#include <cstdlib>
#include <filesystem>
#include <new>
#include <utility>

#include "base/text.hpp"
#include "store/transfer.hpp"

namespace lambda_pack {
namespace {

constexpr long kLeastBytesPerSecond = 200;  // stops servers that drip as well as those that are silent

std::string first_variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

}  // namespace

CurlRequest::CurlRequest() : easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
}

CurlRequest::~CurlRequest() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

void CurlRequest::begin(const Url& url, const Credentials& credentials, const TransferPatience& patience,
                        const Callbacks& callbacks) {
  curl_easy_reset(easy_);
  curl_slist_free_all(std::exchange(headers_, nullptr));
  error_text_[0] = '\0';
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_);
  curl_easy_setopt(easy_, CURLOPT_URL, url.request().c_str());
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
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
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, callbacks.on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, callbacks.self);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, callbacks.on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, callbacks.self);
  set_certificates();
  set_credentials(credentials);
}

// The certificates other Python tools are told to trust; the first variable that is set wins. Without one, the
// file that this libcurl was built to use. No folder beside a file: libcurl keeps parsed certificates for the next
// connection only when they come from a file alone (15 ms of parsing for each connection otherwise).
void CurlRequest::set_certificates() {
  std::string bundle = first_variable({"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE"});
  if (bundle.empty()) {
    const char* built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (built_in == nullptr) return;
    bundle = built_in;
  }
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(bundle, ignored);
  curl_easy_setopt(easy_, CURLOPT_CAINFO, folder ? nullptr : bundle.c_str());
  curl_easy_setopt(easy_, CURLOPT_CAPATH, folder ? bundle.c_str() : nullptr);
}

void CurlRequest::set_credentials(const Credentials& credentials) {
  if (credentials.empty()) {
    curl_easy_setopt(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
    const std::string netrc = first_variable({"NETRC"});  // as Python's requests has it
    if (!netrc.empty()) curl_easy_setopt(easy_, CURLOPT_NETRC_FILE, netrc.c_str());
    return;
  }
  curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  curl_easy_setopt(easy_, CURLOPT_USERNAME, credentials.user.c_str());
  curl_easy_setopt(easy_, CURLOPT_PASSWORD, credentials.password.c_str());
}

void CurlRequest::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  headers_ = longer;
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

void CurlRequest::accept_compression() { curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, ""); }

void CurlRequest::share_connection() {
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, 1L);
}

void CurlRequest::ask_from(std::uint64_t offset) {
  curl_easy_setopt(easy_, CURLOPT_RANGE, (std::to_string(offset) + "-").c_str());
}

bool CurlRequest::connected() const {
  curl_off_t before_sending = 0;
  curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &before_sending);
  return before_sending != 0;
}

std::string CurlRequest::reason(CURLcode code) const {
  return *error_text_ != '\0' ? error_text_ : curl_easy_strerror(code);
}

long long CurlRequest::retry_after() const {
  curl_off_t seconds = 0;
  curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &seconds);
  return seconds;
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
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY: return true;
    default: return false;
  }
}

bool is_about_certificates(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

}  // namespace lambda_pack
