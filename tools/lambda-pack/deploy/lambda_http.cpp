#include "deploy/lambda_http.hpp"

#include <curl/curl.h>

#include <ctime>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "deploy/aws_failure.hpp"
#include "deploy/lambda_rest.hpp"
#include "store/curl_request.hpp"
#include "store/transfer.hpp"
#include "store/url.hpp"
#include "system/files.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

struct HttpAnswer {
  long status = 0;
  std::string error_type, body;
};

std::size_t take_header(char* data, std::size_t, std::size_t size, void* self) {
  const std::string_view line(data, size);
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos && lowered(line.substr(0, colon)) == "x-amzn-errortype") {
    static_cast<HttpAnswer*>(self)->error_type = trimmed(line.substr(colon + 1));
  }
  return size;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* self) {
  static_cast<HttpAnswer*>(self)->body.append(data, size);
  return size;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[] = "20130524T000000Z";
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return text;
}

class LambdaOverHttp : public AwsApi {
 public:
  LambdaOverHttp(AwsIdentity identity, std::string profile, AwsApi& cli)
      : identity_(std::move(identity)), profile_(std::move(profile)), cli_(cli), url_(Url::parse(identity_.endpoint)) {}

  AwsAnswer call(const AwsCall& call) override {
    std::optional<MappedFile> blob;
    if (!call.blob.empty()) blob.emplace(call.file);
    const std::optional<RestRequest> request = rest_request(call, blob ? blob->text() : std::string_view());
    if (!request) return cli_.call(call);
    const std::string operation = call.service + " " + call.operation;
    explain(operation);
    const HttpAnswer answer = sent(*request, operation);
    if (answer.status < 300) return {answer_json(answer, operation), ""};
    const RestError error = rest_error(answer.status, answer.error_type, answer.body);
    if (is_about_credentials(error.code)) return cli_.call(call);
    throw service_failure(error.code, error.message, operation, profile_);
  }

 private:
  // One handle a thread, handed back with its connection.
  class Handle {
   public:
    explicit Handle(LambdaOverHttp& owner) : owner_(owner), request_(owner.taken_handle()) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
      const std::lock_guard lock(owner_.mutex_);
      owner_.handles_.push_back(std::move(request_));
    }
    CurlRequest& request() { return *request_; }

   private:
    LambdaOverHttp& owner_;
    std::unique_ptr<CurlRequest> request_;
  };

  std::unique_ptr<CurlRequest> taken_handle() {
    const std::lock_guard lock(mutex_);
    if (handles_.empty()) return std::make_unique<CurlRequest>();
    std::unique_ptr<CurlRequest> handle = std::move(handles_.back());
    handles_.pop_back();
    return handle;
  }

  std::string host() const {
    const bool is_usual = url_.port == (url_.scheme == "https" ? "443" : "80");
    return is_usual ? url_.host : url_.host + ":" + url_.port;
  }

  HttpAnswer sent(const RestRequest& request, const std::string& operation) {
    Handle handle(*this);
    CurlRequest& http = handle.request();
    HttpAnswer answer;
    const std::string query = canonical_query(request.query);
    Url url = url_;
    url.path = (url_.path == "/" ? "" : url_.path) + request.path;
    url.query = query;
    http.begin(url, Credentials{}, TransferPatience{}, {take_header, take_body, &answer});
    CURL* easy = http.handle();
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));  // it would sign for somebody else
    if (!identity_.certificates.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, identity_.certificates.c_str());
      curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method != "GET") {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    add_headers(http, request, url.path);
    const CURLcode code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    if (code == CURLE_OK) return answer;
    const AwsFailureKind kind = is_passing(code) ? AwsFailureKind::busy : AwsFailureKind::refused;
    throw AwsFailure(kind, "", "aws " + operation + ": " + url_.origin() + ": " + http.reason(code),
                     is_about_certificates(code) ? "AWS_CA_BUNDLE names the file of certificates to trust"
                                                 : "check the network, and that the region is right");
  }

  void add_headers(CurlRequest& http, const RestRequest& request, const std::string& path) {
    SignableRequest signable{request.method, path, request.query, {{"host", host()}}, request.body};
    if (request.method != "GET") signable.headers["content-type"] = "application/json";
    for (const auto& [name, value] :
         signed_headers(signable, identity_.credentials, identity_.region, "lambda", utc_now())) {
      http.add_header(name + ": " + value);
    }
    http.add_header("Expect:");  // Lambda takes the body at once; waiting to be told so costs a second
  }

  static nlohmann::json answer_json(const HttpAnswer& answer, const std::string& operation) {
    if (trimmed(answer.body).empty()) return nlohmann::json::object();
    nlohmann::json json = nlohmann::json::parse(answer.body, nullptr, false);
    if (json.is_object()) return json;
    throw AwsFailure(AwsFailureKind::busy, "", "aws " + operation + ": the answer is no JSON",
                     "something between here and AWS answers instead of it");
  }

  const AwsIdentity identity_;
  const std::string profile_;
  AwsApi& cli_;
  const Url url_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<CurlRequest>> handles_;
};

}  // namespace

std::unique_ptr<AwsApi> lambda_over_http(AwsIdentity identity, std::string profile, AwsApi& cli) {
  return std::make_unique<LambdaOverHttp>(std::move(identity), std::move(profile), cli);
}

}  // namespace lambda_pack
