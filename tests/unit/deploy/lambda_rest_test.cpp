#include "deploy/lambda_rest.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

RestRequest request_of(const char* operation, const Json& input) {
  return rest_request({"lambda", operation, input, "", {}, false}, "").value();
}

TEST(LambdaRest, PutsParametersWhereTheApiHasThem) {
  const RestRequest get =
      request_of("get-function-configuration", {{"FunctionName", "my-lambda"}, {"Qualifier", "live"}});
  EXPECT_EQ(get.method + " " + get.path, "GET /2015-03-31/functions/my-lambda/configuration");
  EXPECT_EQ(get.query, (std::map<std::string, std::string>{{"Qualifier", "live"}}));
  EXPECT_EQ(get.body, "");

  const RestRequest update =
      request_of("update-alias", {{"FunctionName", "f"}, {"Name", "live"}, {"FunctionVersion", "3"}});
  EXPECT_EQ(update.method + " " + update.path, "PUT /2015-03-31/functions/f/aliases/live");
  EXPECT_EQ(Json::parse(update.body), Json({{"FunctionVersion", "3"}}));
}

TEST(LambdaRest, EncodesAnArnInThePath) {
  const RestRequest tag =
      request_of("tag-resource", {{"Resource", "arn:aws:lambda:x:1:function:f"}, {"Tags", {{"a", "b"}}}});
  EXPECT_EQ(tag.path, "/2017-03-31/tags/arn%3Aaws%3Alambda%3Ax%3A1%3Afunction%3Af");
}

TEST(LambdaRest, PutsTheZipInsideOfCodeWhenAFunctionIsMade) {
  const auto create =
      rest_request({"lambda", "create-function", {{"FunctionName", "f"}}, "ZipFile", "f.zip", false}, "PK");
  EXPECT_EQ(Json::parse(create->body), Json({{"FunctionName", "f"}, {"Code", {{"ZipFile", "UEs="}}}}));
}

TEST(LambdaRest, PutsTheZipBesideEverythingElseWhenCodeIsUpdated) {
  const auto update =
      rest_request({"lambda", "update-function-code", {{"FunctionName", "f"}}, "ZipFile", "f.zip", false}, "PK");
  EXPECT_EQ(Json::parse(update->body), Json({{"ZipFile", "UEs="}}));
}

TEST(LambdaRest, LeavesOtherServicesAndInvocationsToTheCli) {
  EXPECT_FALSE(rest_request({"iam", "get-role", {{"RoleName", "r"}}, "", {}, false}, ""));
  EXPECT_FALSE(rest_request({"lambda", "invoke", {{"FunctionName", "f"}}, "", {}, true}, ""));
  EXPECT_FALSE(rest_request({"lambda", "delete-function", {{"FunctionName", "f"}}, "", {}, false}, ""));
}

TEST(LambdaRest, FindsTheErrorWhereverItStands) {
  const RestError header =
      rest_error(404, "ResourceNotFoundException:http://internal.amazon.com/", R"({"Message": "no f"})");
  EXPECT_EQ(header.code, "ResourceNotFoundException");
  EXPECT_EQ(header.message, "no f");
  EXPECT_EQ(rest_error(403, "", R"({"__type": "ExpiredTokenException", "message": "old"})").code,
            "ExpiredTokenException");
  const RestError page = rest_error(502, "", "<html>Bad Gateway</html>");
  EXPECT_EQ(page.code, "502");
  EXPECT_EQ(page.message, "the answer has the status 502");
  EXPECT_EQ(rest_error(500, "", R"({"message": 3})").code, "500");
}

}  // namespace
}  // namespace lambda_pack
