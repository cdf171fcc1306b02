#include "deploy/function_state.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

using Variables = std::map<std::string, std::string>;
using Json = nlohmann::json;

TEST(FunctionState, ReadsWhatAwsAnswers) {
  const ActualFunction found = actual_function({{"FunctionArn", "arn:f"},
                                                {"CodeSha256", "x"},
                                                {"CodeSize", 7},
                                                {"Architectures", {"arm64"}},
                                                {"State", "Active"},
                                                {"MemorySize", 256},
                                                {"LastUpdateStatus", "InProgress"},
                                                {"Layers", {{{"Arn", "arn:layer:1"}, {"CodeSize", 3}}}}});
  EXPECT_EQ(found.architecture, "arm64");
  EXPECT_EQ(found.configuration.at("Layers"), Json({"arn:layer:1"}));
  EXPECT_EQ(found.configuration.at("MemorySize"), 256);
  EXPECT_TRUE(found.is_settling());
}

TEST(FunctionState, WhatAnOlderApiLeavesOutIsEmpty) {
  const ActualFunction found = actual_function({{"Environment", nullptr}, {"Architectures", Json::array()}});
  EXPECT_EQ(found.architecture, "x86_64");
  EXPECT_EQ(found.configuration.at("Environment"), Json({{"Variables", Json::object()}}));
  EXPECT_FALSE(found.is_settling());
}

TEST(FunctionState, TellsTheReasonOfWhatFailed) {
  EXPECT_EQ(actual_function({{"State", "Failed"}, {"StateReason", "creating"}}).reason, "creating");
  EXPECT_EQ(
      actual_function({{"LastUpdateStatus", "Failed"}, {"StateReason", ""}, {"LastUpdateStatusReason", "updating"}})
          .reason,
      "updating");
}

TEST(FunctionState, OnlyWhatWasSaidIsConfigured) {
  DesiredFunction function;
  function.code.runtime = "python3.13";
  function.code.handler = "app.handler";
  EXPECT_EQ(configuration_of(function), Json({{"Runtime", "python3.13"}, {"Handler", "app.handler"}}));
  function.memory = 128;
  function.environment = Variables{{"A", "1"}};
  EXPECT_EQ(configuration_of(function).at("Environment"), Json({{"Variables", {{"A", "1"}}}}));
  EXPECT_EQ(configuration_of(function).at("MemorySize"), 128);
}

}  // namespace
}  // namespace lambda_pack
