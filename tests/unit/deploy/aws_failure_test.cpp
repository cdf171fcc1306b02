#include "deploy/aws_failure.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

using Kind = AwsFailureKind;

AwsFailure said(const std::string& text, const std::string& profile = "") {
  return aws_failure(text, "lambda get-function", profile);
}

AwsFailure client_error(const std::string& code, const std::string& message = "words") {
  return said("\nAn error occurred (" + code + ") when calling the GetFunction operation: " + message + "\n");
}

TEST(AwsFailure, KnowsWhatPassesByItself) {
  for (const char* code :
       {"TooManyRequestsException", "Throttling", "ServiceException", "SlowDown", "InternalError", "503"}) {
    EXPECT_EQ(client_error(code).kind(), Kind::busy) << code;
  }
  EXPECT_EQ(client_error("ResourceConflictException").kind(), Kind::conflict);
  EXPECT_EQ(client_error("EntityAlreadyExists").kind(), Kind::conflict);
  EXPECT_EQ(client_error("ResourceNotFoundException").kind(), Kind::not_found);
  EXPECT_EQ(client_error("NoSuchEntity").kind(), Kind::not_found);
  EXPECT_EQ(
      client_error("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
          .kind(),
      Kind::role_not_ready);
  EXPECT_EQ(client_error("InvalidParameterValueException", "Unzipped size must be smaller").kind(), Kind::refused);
}

TEST(AwsFailure, KnowsACutConnection) {
  for (const char* text :
       {"Could not connect to the endpoint URL: \"http://127.0.0.1:1/\"",
        "Connection was closed before we received a valid response from endpoint URL: \"http://x/\".",
        "('Connection aborted.', RemoteDisconnected('Remote end closed connection'))"}) {
    const AwsFailure failure = said(std::string("\n") + text + "\n");
    EXPECT_EQ(failure.kind(), Kind::busy) << text;
    EXPECT_EQ(failure.what(), "aws lambda get-function: " + std::string(text));
    EXPECT_EQ(failure.hint(), "check the network, and that the region is right");
  }
}

TEST(AwsFailure, SaysWhatAwsSaid) {
  const AwsFailure failure = client_error("InvalidParameterValueException", "Unzipped size must be smaller");
  EXPECT_STREQ(failure.what(),
               "aws lambda get-function: Unzipped size must be smaller (InvalidParameterValueException)");
  // Version 2 of the CLI counts its attempts.
  EXPECT_STREQ(said("\nAn error occurred (AccessDeniedException) when calling the GetFunction operation "
                    "(reached max retries: 0): User: me is not authorized\n")
                   .what(),
               "aws lambda get-function: User: me is not authorized (AccessDeniedException)");
  EXPECT_STREQ(said("An error occurred (Odd) when calling the GetFunction operation (reached max retries: 0").what(),
               "aws lambda get-function:  (Odd)");
}

TEST(AwsFailure, TellsExpiredCredentialsPlainly) {
  const std::string sso = "\nError when retrieving token from sso: Token has expired and refresh failed\n";
  for (const AwsFailure& failure : {client_error("ExpiredTokenException"), client_error("ExpiredToken"), said(sso)}) {
    EXPECT_EQ(failure.kind(), Kind::refused);
    EXPECT_STREQ(failure.what(), "the AWS credentials have expired");
    EXPECT_EQ(failure.hint(), "log in again: aws sso login, or however you got them; then repeat this command");
  }
  EXPECT_EQ(said(sso, "work").hint(),
            "log in again: aws sso login --profile work, or however you got them; then repeat this command");
}

TEST(AwsFailure, TellsWhatIsMissingInTheConfiguration) {
  EXPECT_STREQ(said("Unable to locate credentials. You can configure credentials by running \"aws configure\".").what(),
               "the AWS CLI has no credentials");
  EXPECT_STREQ(
      said("\nYou must specify a region. You can also configure your region by running \"aws configure\".\n").what(),
      "no AWS region is given");
  EXPECT_STREQ(said("\nThe config profile (work) could not be found\n", "work").what(),
               "the AWS CLI has no profile \"work\"");
  EXPECT_STREQ(client_error("UnrecognizedClientException").what(),
               "AWS does not know the credentials (UnrecognizedClientException)");
}

TEST(AwsFailure, NamesTheActionThatIsNotAllowed) {
  EXPECT_EQ(client_error("AccessDeniedException").hint(),
            "allow these credentials the action of aws lambda get-function");
}

TEST(AwsFailure, OfTheApiIsThatOfTheCli) {
  const AwsFailure of_api = service_failure("ResourceConflictException", "busy", "lambda update-alias", "");
  EXPECT_EQ(of_api.kind(), Kind::conflict);
  EXPECT_STREQ(of_api.what(), "aws lambda update-alias: busy (ResourceConflictException)");
  EXPECT_TRUE(is_about_credentials("ExpiredTokenException"));
  EXPECT_TRUE(is_about_credentials("InvalidSignatureException"));
  EXPECT_FALSE(is_about_credentials("AccessDeniedException"));
}

}  // namespace
}  // namespace lambda_pack
