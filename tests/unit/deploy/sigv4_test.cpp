#include "deploy/sigv4.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

// AWS' own example credentials, of its Signature Version 4 test suite.
const AwsCredentials kExample{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
constexpr const char* kTime = "20150830T123600Z";

std::string signature_of(const SignableRequest& request, const AwsCredentials& credentials = kExample) {
  const auto headers = signed_headers(request, credentials, "us-east-1", "service", kTime);
  const std::string& value = headers.at("authorization");
  return value.substr(value.find("Signature=") + 10);
}

// The suite's get-vanilla.
TEST(SigV4, SignsAsTheTestSuiteOfAwsHasIt) {
  const SignableRequest request{"GET", "/", {}, {{"host", "example.amazonaws.com"}}, ""};
  const auto headers = signed_headers(request, kExample, "us-east-1", "service", kTime);
  EXPECT_EQ(
      headers.at("authorization"),
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  EXPECT_EQ(headers.at("x-amz-date"), kTime);
  EXPECT_FALSE(headers.contains("x-amz-security-token"));
}

// The suite's get-vanilla-query-order-key-case.
TEST(SigV4, SortsTheQuery) {
  const SignableRequest request{
      "GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, {{"host", "example.amazonaws.com"}}, ""};
  EXPECT_EQ(signature_of(request), "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST(SigV4, SignsTheTokenOfTemporaryCredentials) {
  const SignableRequest request{"GET", "/", {}, {{"host", "example.amazonaws.com"}}, ""};
  AwsCredentials temporary = kExample;
  temporary.session_token = "token";
  const auto headers = signed_headers(request, temporary, "us-east-1", "service", kTime);
  EXPECT_EQ(headers.at("x-amz-security-token"), "token");
  EXPECT_NE(headers.at("authorization").find("SignedHeaders=host;x-amz-date;x-amz-security-token"), std::string::npos);
}

TEST(SigV4, EncodesEverythingButUnreservedCharacters) {
  EXPECT_EQ(uri_encoded("arn:aws/x y~-_.é"), "arn%3Aaws%2Fx%20y~-_.%C3%A9");
  EXPECT_EQ(canonical_query({{"b", "1 2"}, {"a", ""}}), "a=&b=1%202");
}

}  // namespace
}  // namespace lambda_pack
