#include "deploy/aws_settings.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <regex>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "system/files.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

// Words in the CLI's configuration, and variables, that change where or how it connects.
constexpr std::array kOfTheCliAlone{"endpoint_url", "ca_bundle", "use_fips_endpoint", "use_dualstack_endpoint"};
constexpr std::array kVariablesOfTheCliAlone{"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"};

std::string configuration_text() {
  const std::string file = environment_value("AWS_CONFIG_FILE"), home = environment_value("HOME");
  if (file.empty() && home.empty()) return "";
  return read_file_if_there(file.empty() ? home + "/.aws/config" : file).value_or("");
}

bool only_the_cli_can() {
  const auto is_set = [](const char* name) { return !environment_value(name).empty(); };
  if (std::any_of(kVariablesOfTheCliAlone.begin(), kVariablesOfTheCliAlone.end(), is_set)) return true;
  const std::string text = configuration_text();
  return std::any_of(kOfTheCliAlone.begin(), kOfTheCliAlone.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

// Standard output of an `aws configure` call, or nothing when it fails.
std::optional<std::string> asked(std::vector<std::string> arguments, const AwsChoice& choice) {
  if (!find_program("aws")) return std::nullopt;
  arguments.insert(arguments.begin(), {"aws", "configure"});
  if (!choice.profile.empty()) arguments.insert(arguments.end(), {"--profile", choice.profile});
  explain(arguments[0] + " " + arguments[1] + " " + arguments[2]);
  const Outcome outcome = run({arguments, {}, {{"AWS_PAGER", ""}}, {}});
  if (!outcome.succeeded()) return std::nullopt;
  return std::string(trimmed(outcome.output));
}

// Where a profile is named, in whichever way, the CLI decides whose credentials count.
std::optional<AwsCredentials> credentials_of(const AwsChoice& choice) {
  AwsCredentials credentials{environment_value("AWS_ACCESS_KEY_ID"), environment_value("AWS_SECRET_ACCESS_KEY"),
                             environment_value("AWS_SESSION_TOKEN")};
  const bool is_given = !credentials.access_key.empty() && !credentials.secret_key.empty();
  const bool names_profile = !choice.profile.empty() || !environment_value("AWS_PROFILE").empty();
  if (is_given && !names_profile) return credentials;
  const nlohmann::json exported =
      nlohmann::json::parse(asked({"export-credentials", "--format", "process"}, choice).value_or(""), nullptr, false);
  if (!exported.is_object() || !exported.contains("AccessKeyId")) return std::nullopt;
  return AwsCredentials{exported.value("AccessKeyId", ""), exported.value("SecretAccessKey", ""),
                        exported.value("SessionToken", "")};
}

std::string region_of(const AwsChoice& choice) {
  for (const std::string& region :
       {choice.region, environment_value("AWS_REGION"), environment_value("AWS_DEFAULT_REGION")}) {
    if (!region.empty()) return region;
  }
  return asked({"get", "region"}, choice).value_or("");
}

// https://docs.aws.amazon.com/general/latest/gr/lambda-service.html; empty for a region with another domain.
std::string endpoint_in(const std::string& region) {
  static const std::regex kKnown("(af|ap|ca|eu|il|me|mx|sa|us|us-gov)-[a-z]+-[0-9]+");
  static const std::regex kChina("cn-[a-z]+-[0-9]+");
  if (std::regex_match(region, kChina)) return "https://lambda." + region + ".amazonaws.com.cn";
  const bool is_isolated = region.find("iso") != std::string::npos;
  return std::regex_match(region, kKnown) && !is_isolated ? "https://lambda." + region + ".amazonaws.com" : "";
}

}  // namespace

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string configured_endpoint(std::string_view service) {
  if (lowered(environment_value("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) == "true") return "";
  const char* specific = service == "lambda"  ? "AWS_ENDPOINT_URL_LAMBDA"
                         : service == "s3api" ? "AWS_ENDPOINT_URL_S3"
                                              : "AWS_ENDPOINT_URL_IAM";
  const std::string endpoint = environment_value(specific);
  return endpoint.empty() ? environment_value("AWS_ENDPOINT_URL") : endpoint;
}

std::optional<AwsIdentity> aws_identity(const AwsChoice& choice) {
  if (only_the_cli_can()) return std::nullopt;
  AwsIdentity identity;
  identity.region = region_of(choice);
  if (identity.region.empty()) return std::nullopt;
  identity.endpoint = configured_endpoint("lambda");
  if (identity.endpoint.empty()) identity.endpoint = endpoint_in(identity.region);
  if (identity.endpoint.empty()) return std::nullopt;
  while (identity.endpoint.ends_with('/')) identity.endpoint.pop_back();
  const std::optional<AwsCredentials> credentials = credentials_of(choice);
  if (!credentials) return std::nullopt;
  identity.credentials = *credentials;
  identity.certificates = environment_value("AWS_CA_BUNDLE");
  return identity;
}

}  // namespace lambda_pack
