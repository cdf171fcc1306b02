#include "invoke/invoke_path.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

TEST(InvokePath, IsThatOfTheApisVersion) {
  const Address address = parse_invoke_path("/2015-03-31/functions/my-lambda/invocations");
  EXPECT_EQ(address.operation, Operation::invoke);
  EXPECT_EQ(address.function, "my-lambda");
  EXPECT_EQ(parse_invoke_path("/2014-11-13/functions/my-lambda/invocations").operation, Operation::unknown);
}

TEST(InvokePath, MayEndWithASlash) {
  EXPECT_EQ(parse_invoke_path("/2015-03-31/functions/my-lambda/invocations/").operation, Operation::invoke);
}

TEST(InvokePath, HoldsAnArnWithColonsEncodedOrNot) {
  const std::string arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-lambda";
  EXPECT_EQ(parse_invoke_path("/2015-03-31/functions/" + arn + "/invocations").function, arn);
  EXPECT_EQ(
      parse_invoke_path("/2015-03-31/functions/arn%3Aaws%3alambda%3Aeu-west-1%3A123456789012%3Afunction%3Amy-lambda"
                        "/invocations")
          .function,
      arn);
}

TEST(InvokePath, OfAStreamIsAnotherOperation) {
  EXPECT_EQ(parse_invoke_path("/2021-11-15/functions/f/response-streaming-invocations").operation,
            Operation::invoke_with_response_stream);
}

TEST(InvokePath, OfAnythingElseIsUnknown) {
  for (const char* path :
       {"", "/", "/2015-03-31/functions", "/2015-03-31/functions/f", "/2015-03-31/functions/f/invocations/x",
        "2015-03-31/functions/f/invocations/", "//2015-03-31/functions/f/invocations"}) {
    EXPECT_EQ(parse_invoke_path(path).operation, Operation::unknown) << path;
  }
}

TEST(FunctionReference, IsAName) {
  EXPECT_EQ(parse_function_reference("my-lambda_1"), (FunctionReference{"my-lambda_1", "", ""}));
  EXPECT_EQ(parse_function_reference("my-lambda:prod"), (FunctionReference{"my-lambda", "prod", ""}));
  EXPECT_EQ(parse_function_reference("my-lambda:$LATEST"), (FunctionReference{"my-lambda", "$LATEST", ""}));
}

TEST(FunctionReference, IsAPartialArn) {
  EXPECT_EQ(parse_function_reference("123456789012:function:my-lambda"), (FunctionReference{"my-lambda", "", ""}));
  EXPECT_EQ(parse_function_reference("123456789012:function:my-lambda:7"), (FunctionReference{"my-lambda", "7", ""}));
}

TEST(FunctionReference, IsAnArn) {
  const std::string arn = "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:my-lambda";
  EXPECT_EQ(parse_function_reference(arn), (FunctionReference{"my-lambda", "", arn}));
  EXPECT_EQ(parse_function_reference(arn + ":prod"), (FunctionReference{"my-lambda", "prod", arn}));
}

TEST(FunctionReference, IsNothingElse) {
  for (const std::string text :
       {"", ":", "a b", "my-lambda:", "my-lambda:a:b", "12345:function:f", "123456789012:layer:f",
        "arn:aws:s3:::bucket", "arn:aws:lambda:eu-west-1:123456789012:function",
        "arn:aws:lambda::123456789012:function:f", "f/../g"}) {
    EXPECT_EQ(parse_function_reference(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_function_reference(std::string(65, 'f')), std::nullopt);
}

}  // namespace
}  // namespace lambda_pack
