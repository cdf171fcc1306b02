#include "deploy/deployment.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "fake_aws.hpp"
#include "runtime/limits.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

using Variables = std::map<std::string, std::string>;
using std::chrono::milliseconds;

struct Killed {};  // the process ended there

DesiredFunction wanted(const std::string& code = "one") {
  DesiredFunction function;
  function.name = "f";
  function.code = {"f", "/nowhere/f.zip", 1000, "00", code, "f/00.zip", "python3.13", "x86_64", "app.handler"};
  function.role = "f-ex";
  function.create_role = true;
  function.memory = 256;
  function.environment = Variables{{"STAGE", "test"}};
  function.tags = Variables{{"team", "a"}};
  function.alias = "live";
  return function;
}

Deployment deploy_to(FakeAws& aws, const DesiredFunction& function = wanted(), bool dry_run = false) {
  set_verbosity(Verbosity::quiet);
  aws.zip_sha256 = function.code.code_sha256;
  return deploy(function, aws, dry_run, [](milliseconds) {});
}

// A function that is there, from before: other code, other configuration, an alias.
void deploy_before(FakeAws& aws) {
  DesiredFunction before = wanted("zero");
  before.memory = 128;
  before.tags = Variables{{"team", "b"}};
  deploy_to(aws, before);
  aws.calls.clear();
}

void start_fresh(FakeAws&) {}

struct Start {
  const char* name;
  void (*prepare)(FakeAws& aws);
};

class Interrupted : public testing::TestWithParam<Start> {
 protected:
  // The outcome, and how many calls it takes, when nothing goes wrong.
  void SetUp() override {
    GetParam().prepare(undisturbed_);
    deploy_to(undisturbed_);
  }

  // Runs it once for each call, and for each `is_done`, with an AWS that is to be disturbed there.
  void for_each_call(const std::function<void(FakeAws& aws, std::size_t number, bool is_done)>& test) {
    for (std::size_t number = 0; number < undisturbed_.calls.size(); ++number) {
      for (const bool is_done : {false, true}) {
        SCOPED_TRACE(undisturbed_.calls[number] + (is_done ? ", after it was done" : ", before it was done"));
        FakeAws aws;
        aws.polls_until_active = 2;
        GetParam().prepare(aws);
        test(aws, number, is_done);
        EXPECT_EQ(aws.outcome(), undisturbed_.outcome());
      }
    }
  }

  FakeAws undisturbed_;
};

TEST_P(Interrupted, ACallThatFailsOnceChangesNothingInTheEnd) {
  for (const AwsFailureKind kind : {AwsFailureKind::busy, AwsFailureKind::conflict, AwsFailureKind::role_not_ready}) {
    for_each_call([&](FakeAws& aws, std::size_t number, bool is_done) {
      aws.watch = [&](const AwsCall&, std::size_t now, bool done) {
        if (now == number && done == is_done) throw AwsFailure(kind, "Code", "failed", "");
      };
      deploy_to(aws);
    });
  }
}

TEST_P(Interrupted, AfterADeploymentThatWasCutOffARepetitionCompletesIt) {
  for_each_call([&](FakeAws& aws, std::size_t number, bool is_done) {
    aws.watch = [&](const AwsCall&, std::size_t now, bool done) {
      if (now == number && done == is_done) throw Killed();
    };
    EXPECT_THROW(deploy_to(aws), Killed);
    aws.watch = [](auto&&...) {};
    deploy_to(aws);
  });
}

TEST_P(Interrupted, ARefusalEndsItWithItsMessage) {
  for_each_call([&](FakeAws& aws, std::size_t number, bool is_done) {
    aws.watch = [&](const AwsCall&, std::size_t now, bool done) {
      if (now == number && done == is_done) throw AwsFailure(AwsFailureKind::refused, "No", "not allowed", "ask");
    };
    EXPECT_THROW(deploy_to(aws), AwsFailure);
    EXPECT_EQ(aws.calls.size(), number + 1);
    aws.watch = [](auto&&...) {};
    deploy_to(aws);
  });
}

INSTANTIATE_TEST_SUITE_P(Deployment, Interrupted,
                         testing::Values(Start{"fresh", start_fresh}, Start{"there", deploy_before}),
                         [](const auto& info) { return info.param.name; });

TEST(Deployment, ASecondOneChangesNothing) {
  FakeAws aws;
  deploy_to(aws);
  aws.calls.clear();
  const Deployment second = deploy_to(aws);
  EXPECT_TRUE(second.changes.empty());
  EXPECT_EQ(aws.calls, (std::vector<std::string>{"get-function", "get-function-configuration"}));
  EXPECT_EQ(second.alias_arn, "arn:aws:lambda:x:1:function:f:live");
  EXPECT_EQ(second.version, "1");
}

TEST(Deployment, WaitsForAwsBetweenUpdates) {
  FakeAws aws;
  deploy_before(aws);
  aws.polls_until_active = 3;
  deploy_to(aws);
  const std::vector<std::string> expected{"get-function",
                                          "get-function-configuration",
                                          "update-function-code",
                                          "get-function-configuration",
                                          "get-function-configuration",
                                          "get-function-configuration",
                                          "get-function-configuration",
                                          "update-function-configuration",
                                          "get-function-configuration",
                                          "get-function-configuration",
                                          "get-function-configuration",
                                          "get-function-configuration",
                                          "tag-resource",
                                          "publish-version",
                                          "update-alias"};
  EXPECT_EQ(aws.calls, expected);
}

TEST(Deployment, ADryRunOnlyReads) {
  FakeAws aws;
  const Deployment plan = deploy_to(aws, wanted(), true);
  EXPECT_FALSE(plan.changes.empty());
  EXPECT_TRUE(aws.roles.empty() && aws.function.is_null());
  for (const std::string& call : aws.calls) EXPECT_TRUE(call.starts_with("get-")) << call;
}

TEST(Deployment, AZipThatIsTooLargeForTheApiGoesThroughS3Once) {
  FakeAws aws;
  DesiredFunction large = wanted();
  large.code.size = kDirectUploadLimit + 1;
  EXPECT_THROW(deploy_to(aws, large), Error);
  EXPECT_TRUE(aws.roles.empty()) << "nothing is begun that cannot be finished";
  large.s3_bucket = "bucket";
  large.code.size = 60'000'000;
  deploy_to(aws, large);
  EXPECT_EQ(std::count(aws.calls.begin(), aws.calls.end(), "put-object"), 1);
  aws.calls.clear();
  aws.function["CodeSha256"] = "other";
  deploy_to(aws, large);
  EXPECT_EQ(std::count(aws.calls.begin(), aws.calls.end(), "put-object"), 0) << "it is there";
}

TEST(Deployment, SaysThatSomebodyElseDeployedAtTheSameTime) {
  FakeAws aws;
  aws.zip_sha256 = "theirs";
  try {
    deploy(wanted("ours"), aws, false, [](milliseconds) {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "f has code with CodeSha256 theirs, but the zip has ours");
  }
}

TEST(Deployment, AFailureThatDoesNotPassEndsWithAHintToRepeat) {
  FakeAws aws;
  aws.watch = [](const AwsCall& call, std::size_t, bool) {
    if (call.operation == "create-function") throw AwsFailure(AwsFailureKind::busy, "Throttling", "too fast", "");
  };
  int pauses = 0;
  try {
    deploy(wanted(), aws, false, [&](milliseconds) { ++pauses; });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "too fast");
    EXPECT_EQ(error.hint(), "what was done stays done: run it again to go on");
  }
  EXPECT_EQ(pauses, 5);
}

TEST(Deployment, AnUpdateThatAwsCannotMakeIsAnErrorWithItsReason) {
  FakeAws aws;
  deploy_to(aws);
  aws.failure_reason = "no such subnet";
  DesiredFunction other = wanted();
  other.memory = 512;
  try {
    deploy_to(aws, other);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "AWS could not update f: no such subnet");
  }
}

}  // namespace
}  // namespace lambda_pack
