#include "deploy/handoff.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

using Variables = std::map<std::string, std::string>;
using Json = nlohmann::json;

HandoffRequest request() {
  HandoffRequest request;
  request.function.name = "my-lambda";
  request.function.code = {"my_lambda",          "/build/my_lambda.zip", 1000,    "aabbccddeeff00112233",     "qrs=",
                           "my_lambda/aabb.zip", "python3.13",           "arm64", "my_lambda.handler.handler"};
  request.function.environment = Variables{{"STAGE", "a ${b} %{c}"}};
  request.late_variables = {"API_TOKEN"};
  return request;
}

Json only_file(const HandoffRequest& request, HandoffFormat format) {
  const auto files = handoff_files(request, format, "/build/infra");
  EXPECT_EQ(files.size(), 1U);
  return Json::parse(files.front().content);
}

TEST(Handoff, PathsStartFromTheFolderOfTheFiles) {
  EXPECT_EQ(only_file(request(), HandoffFormat::cdk).at("path"), "../my_lambda.zip");
  EXPECT_EQ(only_file(request(), HandoffFormat::terraform).at("locals").at("my_lambda").at("filename"),
            "${path.module}/../my_lambda.zip");
}

TEST(Handoff, TextIsNoTemplateInTerraform) {
  const Json environment =
      only_file(request(), HandoffFormat::terraform).at("locals").at("my_lambda").at("environment");
  EXPECT_EQ(environment.at("STAGE"), "a $${b} %%{c}");
  EXPECT_EQ(environment.at("API_TOKEN"), "${var.my_lambda_API_TOKEN}");
}

TEST(Handoff, ASecretIsAParameterThatIsNotShown) {
  const Json sam = only_file(request(), HandoffFormat::sam);
  EXPECT_EQ(sam.at("Parameters").at("MyLambdaApiToken"), Json({{"Type", "String"}, {"NoEcho", true}}));
  EXPECT_EQ(sam.at("Resources").at("MyLambda").at("Properties").at("Environment").at("Variables").at("API_TOKEN"),
            Json({{"Ref", "MyLambdaApiToken"}}));
}

TEST(Handoff, AnotherZipIsAnotherVersionInCloudFormation) {
  HandoffRequest with_alias = request();
  with_alias.function.alias = "live";
  EXPECT_TRUE(
      only_file(with_alias, HandoffFormat::cloudformation).at("Resources").contains("MyLambdaVersionaabbccddeeff0011"));
}

TEST(Handoff, ListsTheFormatsThatThereAre) {
  try {
    handoff_format_named("pulumi");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "there is no format \"pulumi\"");
    EXPECT_EQ(error.hint(), "the formats are terraform, sam, cloudformation, cdk, aws-cli");
  }
}

}  // namespace
}  // namespace lambda_pack
