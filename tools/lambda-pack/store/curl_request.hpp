// A libcurl handle for one GET at a time, set up as all requests here are.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <string>

#include "store/credentials.hpp"
#include "store/url.hpp"

namespace lambda_pack {

struct TransferPatience;

// http and https only, HTTP/1.1 (large files come faster over several connections), redirects not followed
// (credentials are decided anew for each hop), proxies from the usual variables, certificates from SSL_CERT_FILE,
// REQUESTS_CA_BUNDLE, PIP_CERT or CURL_CA_BUNDLE.
class CurlRequest {
 public:
  // What the handle calls: `on_header` for each line, `on_body` for each piece; with `self` as their last
  // argument.
  using Callback = std::size_t (*)(char* data, std::size_t one, std::size_t size, void* self);
  struct Callbacks {
    Callback on_header;
    Callback on_body;
    void* self;
  };

  CurlRequest();
  CurlRequest(const CurlRequest&) = delete;
  CurlRequest& operator=(const CurlRequest&) = delete;
  ~CurlRequest();

  CURL* handle() const noexcept { return easy_; }

  // Forgets the request before and begins one for `url`. Without credentials, libcurl asks netrc ($NETRC or
  // ~/.netrc).
  void begin(const Url& url, const Credentials& credentials, const TransferPatience& patience,
             const Callbacks& callbacks);
  void add_header(const std::string& line);
  void accept_compression();            // whatever this libcurl can decode
  void share_connection();              // one connection for many small answers, where the server speaks HTTP/2
  void ask_from(std::uint64_t offset);  // the bytes from there to the end

  // ---- once it ended ----
  bool connected() const;  // the request could be sent
  std::string reason(CURLcode code) const;
  long long retry_after() const;  // seconds that Retry-After asks for (RFC 9110, 10.2.3: number or date), or 0

 private:
  void set_certificates();
  void set_credentials(const Credentials& credentials);

  CURL* easy_;
  curl_slist* headers_ = nullptr;
  char error_text_[CURL_ERROR_SIZE] = "";
};

// Whether the failure may be gone the next time.
bool is_passing(CURLcode code);

// Whether the server's certificate, or the file of those to trust, is what failed.
bool is_about_certificates(CURLcode code);

}  // namespace lambda_pack
