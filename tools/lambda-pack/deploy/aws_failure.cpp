#include "deploy/aws_failure.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

using Kind = AwsFailureKind;

// `An error occurred (Code) when calling the Operation operation (reached max retries: 4): message`, botocore's
// ClientError.
struct ClientError {
  std::string_view code, message;
};

ClientError client_error(std::string_view text) {
  constexpr std::string_view kBefore = "An error occurred (";
  const std::size_t begin = text.find(kBefore);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + kBefore.size());
  const std::size_t end = text.find(')');
  if (end == std::string_view::npos) return {};
  const std::string_view code = text.substr(0, end);
  // The retries have a colon of their own.
  std::size_t message = text.find(": ", end + 1);
  if (const std::size_t retries = text.find(" (reached max retries", end); retries < message) {
    message = text.find(": ", std::min(text.find(')', retries), text.size()));
  }
  return {code, message == std::string_view::npos ? "" : trimmed(text.substr(message + 2))};
}

bool is_one_of(std::string_view text, std::span<const std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

bool has_one_of(std::string_view text, std::span<const std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

constexpr std::array<std::string_view, 5> kNotFound{"ResourceNotFoundException", "NoSuchEntity", "NoSuchKey", "404",
                                                    "NotFound"};
constexpr std::array<std::string_view, 5> kConflict{"ResourceConflictException", "EntityAlreadyExists",
                                                    "ConcurrentModification", "PreconditionFailedException",
                                                    "OperationAborted"};
// Throttling, and what botocore calls transient; a body that is no answer of AWS leaves the HTTP status as the code.
constexpr std::array<std::string_view, 23> kBusy{"TooManyRequestsException",
                                                 "Throttling",
                                                 "ThrottlingException",
                                                 "ThrottledException",
                                                 "RequestThrottled",
                                                 "RequestThrottledException",
                                                 "RequestLimitExceeded",
                                                 "SlowDown",
                                                 "EC2ThrottledException",
                                                 "PriorRequestNotComplete",
                                                 "RequestTimeout",
                                                 "RequestTimeoutException",
                                                 "InternalError",
                                                 "InternalFailure",
                                                 "InternalServerError",
                                                 "ServiceException",
                                                 "ServiceFailure",
                                                 "ServiceUnavailable",
                                                 "429",
                                                 "500",
                                                 "502",
                                                 "503",
                                                 "504"};
constexpr std::array<std::string_view, 11> kCut{"Could not connect to the endpoint URL",
                                                "Connection was closed before",
                                                "Connection aborted",
                                                "Connection reset",
                                                "onnect timeout on endpoint URL",
                                                "Read timeout on endpoint URL",
                                                "Connection broken",
                                                "RemoteDisconnected",
                                                "Response ended prematurely",
                                                "IncompleteRead",
                                                "An HTTP Client raised an unhandled exception"};
constexpr std::array<std::string_view, 4> kExpired{"ExpiredToken", "ExpiredTokenException", "RequestExpired",
                                                   "TokenRefreshRequired"};
constexpr std::array<std::string_view, 7> kExpiredTexts{"Token has expired",
                                                        "token has expired",
                                                        "Error loading SSO Token",
                                                        "Error when retrieving token from sso",
                                                        "SSO session associated with this profile",
                                                        "The SSO access token",
                                                        "session has expired"};
constexpr std::array<std::string_view, 6> kUnknownCredentials{"UnrecognizedClientException", "InvalidClientTokenId",
                                                              "InvalidAccessKeyId",          "SignatureDoesNotMatch",
                                                              "InvalidSignatureException",   "IncompleteSignature"};
constexpr std::array<std::string_view, 4> kDenied{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation",
                                                  "403"};
constexpr std::array<std::string_view, 3> kWrongPlace{"PermanentRedirect", "AuthorizationHeaderMalformed",
                                                      "IllegalLocationConstraintException"};

std::string with_profile(std::string command, std::string_view profile) {
  if (!profile.empty()) command += " --profile " + std::string(profile);
  return command;
}

// What the AWS CLI says without having asked AWS, or about credentials and regions: one plain sentence each.
std::pair<std::string, std::string> explanation(std::string_view text, std::string_view code,
                                                std::string_view profile) {
  const auto says = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  if (is_one_of(code, kExpired) || (code.empty() && has_one_of(text, kExpiredTexts))) {
    return {"the AWS credentials have expired", "log in again: " + with_profile("aws sso login", profile) +
                                                    ", or however you got them; then repeat this command"};
  }
  if (is_one_of(code, kUnknownCredentials)) {
    return {"AWS does not know the credentials (" + std::string(code) + ")",
            "see which ones are used: " + with_profile("aws configure list", profile)};
  }
  if (says("Unable to locate credentials") || says("Partial credentials found")) {
    return {"the AWS CLI has no credentials",
            with_profile("aws configure", profile) + " or " + with_profile("aws configure sso", profile)};
  }
  if (says("The config profile")) {
    return {"the AWS CLI has no profile " + quote(profile.empty() ? "of that name (AWS_PROFILE)" : profile),
            "aws configure list-profiles shows those that there are"};
  }
  if (says("You must specify a region")) {
    return {"no AWS region is given",
            "--region eu-central-1, AWS_REGION, or " + with_profile("aws configure set region eu-central-1", profile)};
  }
  return {};
}

std::string hint_for(std::string_view code, std::string_view operation) {
  if (is_one_of(code, kDenied)) return "allow these credentials the action of aws " + std::string(operation);
  if (code == "NoSuchBucket") return "make the bucket: aws s3 mb s3://<name>";
  if (is_one_of(code, kWrongPlace)) return "the bucket must be in the function's region";
  if (code == "CodeStorageExceededException") return "delete old versions of functions and layers in this region";
  return "";
}

Kind kind_of(std::string_view code, std::string_view message) {
  if (is_one_of(code, kNotFound)) return Kind::not_found;
  if (is_one_of(code, kConflict)) return Kind::conflict;
  if (is_one_of(code, kBusy)) return Kind::busy;
  if (code == "InvalidParameterValueException" && message.find("cannot be assumed") != std::string_view::npos) {
    return Kind::role_not_ready;
  }
  return Kind::refused;
}

// The last line that says something: before it, a traceback or a hint about the usage may stand.
std::string last_line(std::string_view text) {
  text = trimmed(text);
  const std::size_t begin = text.rfind('\n');
  return std::string(trimmed(begin == std::string_view::npos ? text : text.substr(begin + 1)));
}

}  // namespace

bool is_about_credentials(std::string_view code) {
  return is_one_of(code, kExpired) || is_one_of(code, kUnknownCredentials);
}

AwsFailure service_failure(const std::string& code, const std::string& message, std::string_view operation,
                           std::string_view profile) {
  if (const auto [what, hint] = explanation("", code, profile); !what.empty()) return {Kind::refused, code, what, hint};
  const Kind kind = kind_of(code, message);
  if (kind == Kind::role_not_ready) {
    return {kind, code, "Lambda cannot assume the execution role",
            "its trust policy must allow lambda.amazonaws.com the action sts:AssumeRole"};
  }
  return {kind, code, "aws " + std::string(operation) + ": " + message + " (" + code + ")", hint_for(code, operation)};
}

AwsFailure aws_failure(std::string_view diagnostics, std::string_view operation, std::string_view profile) {
  const auto [code, message] = client_error(diagnostics);
  if (!code.empty()) return service_failure(std::string(code), std::string(message), operation, profile);
  if (const auto [what, hint] = explanation(diagnostics, "", profile); !what.empty()) {
    return {Kind::refused, "", what, hint};
  }
  const std::string what = "aws " + std::string(operation) + ": " + last_line(diagnostics);
  if (!has_one_of(diagnostics, kCut)) return {Kind::refused, "", what, ""};
  return {Kind::busy, "", what, "check the network, and that the region is right"};
}

}  // namespace lambda_pack
