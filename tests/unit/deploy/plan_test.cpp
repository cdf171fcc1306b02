#include "deploy/plan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

using Variables = std::map<std::string, std::string>;
using Json = nlohmann::json;
using Lines = std::vector<std::string>;

DesiredFunction desired() {
  DesiredFunction function;
  function.name = "f";
  function.code = {"f", "/f.zip", 1'300'000, "00", "new", "f/00.zip", "python3.13", "arm64", "app.handler"};
  return function;
}

ActualFunction actual(Json changes = Json::object()) {
  Json answer = {{"FunctionArn", "arn:aws:lambda:x:1:function:f"},
                 {"CodeSha256", "new"},
                 {"CodeSize", 1'200'000},
                 {"Architectures", {"arm64"}},
                 {"Runtime", "python3.13"},
                 {"Handler", "app.handler"},
                 {"MemorySize", 128},
                 {"Timeout", 3},
                 {"Role", "arn:aws:iam::1:role/service/ex"},
                 {"Version", "7"}};
  answer.update(changes);
  return actual_function(answer);
}

Lines lines_of(const DesiredFunction& function, const DeployedState& state) { return make_plan(function, state).lines; }

TEST(Plan, ShowsCodeByItsSize) {
  EXPECT_EQ(lines_of(desired(), {actual({{"CodeSha256", "old"}}), {}, {}}), Lines{"~ code 1.2 MB → 1.3 MB"});
}

TEST(Plan, IsEmptyWhenNothingDiffers) { EXPECT_TRUE(make_plan(desired(), {actual(), {}, {}}).is_empty()); }

TEST(Plan, ShowsEachValueThatDiffers) {
  DesiredFunction function = desired();
  function.memory = 256;
  function.description = "new";
  function.layers = {{"arn:a:2", "arn:b:1"}};
  function.role = "other";
  const Json before = {
      {"Runtime", "python3.12"}, {"Description", "old"}, {"Layers", {{{"Arn", "arn:a:1"}}, {{"Arn", "arn:b:1"}}}}};
  EXPECT_EQ(lines_of(function, {actual(before), {}, RoleState{"arn:aws:iam::1:role/other", false}}),
            (Lines{"~ description \"old\" → \"new\"", "~ layers + arn:a:2, - arn:a:1", "~ memory 128 → 256",
                   "~ runtime python3.12 → python3.13", "~ role arn:aws:iam::1:role/service/ex → other"}));
}

TEST(Plan, ShowsNoValueOfAnEnvironmentVariable) {
  DesiredFunction function = desired();
  function.environment = Variables{{"TOKEN", "secret"}, {"NEW", "secret"}};
  const Json before = {{"Environment", {{"Variables", {{"TOKEN", "older"}, {"GONE", "older"}}}}}};
  EXPECT_EQ(lines_of(function, {actual(before), {}, {}}), Lines{"~ environment + NEW, ~ TOKEN, - GONE"});
}

TEST(Plan, LeavesAloneWhatIsNotSaid) {
  const Json before = {{"MemorySize", 512}, {"Environment", {{"Variables", {{"A", "1"}}}}}, {"Description", "by hand"}};
  EXPECT_TRUE(make_plan(desired(), {actual(before), {}, {}}).is_empty());
}

TEST(Plan, MovesAnAliasToAVersionOfTheSameStateOnly) {
  DesiredFunction function = desired();
  function.alias = "live";
  EXPECT_TRUE(make_plan(function, {actual(), actual(), {}}).is_empty());
  EXPECT_EQ(lines_of(function, {actual(), std::nullopt, {}}), Lines{"+ alias live of a new version"});
  EXPECT_EQ(lines_of(function, {actual(), actual({{"CodeSha256", "old"}}), {}}),
            Lines{"~ alias live 7 → a new version"});
}

TEST(Plan, ARoleIsTheSameByItsNameWhateverItsPath) {
  DesiredFunction function = desired();
  function.role = "ex";
  EXPECT_FALSE(needs_role(function, actual()));
  function.role = "arn:aws:iam::1:role/ex";
  EXPECT_TRUE(needs_role(function, actual()));
}

std::string failure_of(const DesiredFunction& function, const DeployedState& state) {
  try {
    make_plan(function, state);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Plan, NamesTheRoleThatIsMissing) {
  DesiredFunction function = desired();
  EXPECT_EQ(failure_of(function, {}), "there is no function f yet, and to create it takes an execution role");
  function.role = "ex";
  EXPECT_EQ(failure_of(function, {std::nullopt, std::nullopt, RoleState{}}), "there is no role \"ex\"");
}

}  // namespace
}  // namespace lambda_pack
