#include "invoke/front_door.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

#include <future>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/base64.hpp"
#include "fake_invocable.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;

class FrontDoorTest : public testing::Test {
 protected:
  httplib::Result post(const std::string& function, const std::string& body, const httplib::Headers& headers = {},
                       const std::string& query = "") {
    httplib::Client client(door_.url());
    client.set_read_timeout(60);
    return client.Post("/2015-03-31/functions/" + function + "/invocations" + query, headers, body, "");
  }
  static std::string error_of(const httplib::Result& result) {
    EXPECT_TRUE(result);
    EXPECT_FALSE(Json::parse(result->body).at("Message").get<std::string>().empty());
    return std::to_string(result->status) + " " + result->get_header_value("x-amzn-ErrorType");
  }

  static FrontDoorOptions options() {
    FrontDoorOptions options;
    options.port = 0;
    options.events = 1;
    return options;
  }

  FakeWorld world_;
  FunctionPool pool_{fakes(world_), {1, std::chrono::minutes(10)}};
  std::mutex mutex_;
  InvocationRequest last_;
  FrontDoor door_{options(), {{"my-lambda", [this](const InvocationRequest& request, bool may_wait) {
                                 {
                                   const std::lock_guard lock(mutex_);
                                   last_ = request;
                                 }
                                 return pool_.invoke(
                                     request, may_wait ? FunctionPool::WhenFull::wait : FunctionPool::WhenFull::refuse);
                               }}}};
};

TEST_F(FrontDoorTest, AnswersWithTheResponse) {
  const auto result = post("my-lambda", R"({"key": "value"})");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "\"old1\"");
  EXPECT_EQ(result->get_header_value("X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(result->get_header_value("x-amzn-RequestId"), last_.request_id);
  EXPECT_FALSE(result->has_header("X-Amz-Log-Result"));
  EXPECT_FALSE(result->has_header("X-Amz-Function-Error"));
  EXPECT_EQ(last_.payload, R"({"key": "value"})");
}

TEST_F(FrontDoorTest, SendsTheLast4096BytesOfTheLog) {
  const auto result = post("my-lambda", "", {{"X-Amz-Log-Type", "Tail"}});
  const std::optional<std::string> log = base64_decode(result->get_header_value("X-Amz-Log-Result"));
  ASSERT_TRUE(log);
  EXPECT_EQ(log->size(), 4096U);
  EXPECT_TRUE(log->ends_with(".END\n"));
}

TEST_F(FrontDoorTest, TellsAFunctionsErrorInAHeader) {
  const auto result = post("my-lambda", "\"failing\"");
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->get_header_value("X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(result->body, R"({"errorType":"E"})");
}

TEST_F(FrontDoorTest, HandsOnArnAndClientContext) {
  const std::string arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-lambda";
  post(arn, "{}", {{"X-Amz-Client-Context", base64_encode(R"({"custom":{}})")}}, "?Qualifier=prod");
  EXPECT_EQ(last_.function_arn, arn + ":prod");
  EXPECT_EQ(last_.client_context, R"({"custom":{}})");
}

TEST_F(FrontDoorTest, RunsNothingOnADryRun) {
  const auto result = post("my-lambda", "{}", {{"X-Amz-Invocation-Type", "DryRun"}});
  EXPECT_EQ(result->status, 204);
  EXPECT_TRUE(result->body.empty());
  EXPECT_EQ(world_.made, 0);
}

TEST_F(FrontDoorTest, AcceptsAnEventAtOnceAndOnlyAsManyAsItHasRoomFor) {
  const httplib::Headers event{{"X-Amz-Invocation-Type", "Event"}};
  EXPECT_EQ(post("my-lambda", "\"slow\"", event)->status, 202);
  wait_until([&] { return world_.running == 1; });
  EXPECT_EQ(error_of(post("my-lambda", "{}", event)), "429 TooManyRequestsException");
  world_.gate.open();
}

TEST_F(FrontDoorTest, RefusesMoreThanTheConcurrency) {
  auto running = std::async(std::launch::async, [this] { return post("my-lambda", "\"slow\"")->status; });
  wait_until([&] { return world_.running == 1; });
  EXPECT_EQ(error_of(post("my-lambda", "{}")), "429 TooManyRequestsException");
  world_.gate.open();
  EXPECT_EQ(running.get(), 200);
}

TEST_F(FrontDoorTest, NamesWhatIsWrongWithARequest) {
  EXPECT_EQ(error_of(post("other", "{}")), "404 ResourceNotFoundException");
  EXPECT_EQ(error_of(post("my%20lambda", "{}")), "400 ValidationException");
  EXPECT_EQ(error_of(post("my-lambda", "{key1: 1}")), "400 InvalidRequestContentException");
  EXPECT_EQ(error_of(post("my-lambda", "\"\xff\"")), "400 InvalidRequestContentException");
  EXPECT_EQ(error_of(post("my-lambda", "{}", {{"X-Amz-Invocation-Type", "Later"}})), "400 ValidationException");
  EXPECT_EQ(error_of(post("my-lambda", "{}", {{"X-Amz-Client-Context", "{}"}})), "400 InvalidRequestContentException");
  EXPECT_EQ(error_of(post("my-lambda:a", "{}", {}, "?Qualifier=b")), "400 InvalidParameterValueException");
}

TEST_F(FrontDoorTest, SaysWhenNothingCanRun) {
  EXPECT_EQ(error_of(post("my-lambda", "\"broken\"")), "500 ServiceException");
  EXPECT_EQ(post("my-lambda", "{}")->status, 200) << "and goes on";
}

TEST_F(FrontDoorTest, RefusesPayloadsAboveTheLimits) {
  const auto quoted = [](std::size_t size) { return "\"" + std::string(size - 2, 'x') + "\""; };
  EXPECT_EQ(post("my-lambda", quoted(6'291'456))->status, 200);
  EXPECT_EQ(error_of(post("my-lambda", quoted(6'291'457))), "413 RequestTooLargeException");
  const httplib::Headers event{{"X-Amz-Invocation-Type", "Event"}};
  EXPECT_EQ(error_of(post("my-lambda", quoted(1'048'577), event)), "413 RequestTooLargeException");
  EXPECT_EQ(post("my-lambda", quoted(1'048'576), event)->status, 202);
}

TEST_F(FrontDoorTest, HasNoOtherOperations) {
  httplib::Client client(door_.url());
  EXPECT_EQ(error_of(client.Post("/2021-11-15/functions/my-lambda/response-streaming-invocations")),
            "404 UnknownOperationException");
  EXPECT_EQ(error_of(client.Post("/")), "404 UnknownOperationException");
  EXPECT_EQ(error_of(client.Get("/2015-03-31/functions")), "404 UnknownOperationException");
}

TEST_F(FrontDoorTest, SaysThatThePortIsTaken) {
  FrontDoorOptions same;
  same.port = std::stoi(door_.url().substr(door_.url().rfind(':') + 1));
  try {
    FrontDoor second(same, {});
    FAIL() << "two servers have one port";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("in use"), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("--port 0"), std::string::npos);
  }
}

TEST_F(FrontDoorTest, AnswersMoreClientsAtOnceThanThereAreProcessors) {
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 64; ++i) {
    clients.emplace_back(
        [&] { answered += post("my-lambda", "", {{"X-Amz-Invocation-Type", "DryRun"}})->status == 204; });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 64);
}

TEST(Loopback, IsThisMachineAlone) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "localhost", "::1"}) EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"0.0.0.0", "::", "192.168.1.2", "example.com"}) EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace lambda_pack
