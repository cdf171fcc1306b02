#include "deploy/deployment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "deploy/aws_failure.hpp"
#include "deploy/role.hpp"
#include "deploy/s3_upload.hpp"
#include "runtime/limits.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

// The answer of a call about something that need not be there.
std::optional<Json> output_if_there(AwsApi& api, const AwsCall& call) {
  try {
    return api.call(call).output;
  } catch (const AwsFailure& failure) {
    if (failure.kind() != AwsFailureKind::not_found) throw;
    return std::nullopt;
  }
}

class Deployer {
 public:
  Deployer(const DesiredFunction& function, AwsApi& api, const Sleep& sleep)
      : function_(function), api_(api), sleep_(sleep), patience_(sleep) {}

  Deployment run(bool dry_run) {
    for (;;) {
      try {
        return attempt(dry_run);
      } catch (const AwsFailure& failure) {
        patience_.wait_after(failure, function_.create_role);
      }
    }
  }

 private:
  Deployment attempt(bool dry_run) {
    const DeployedState state = read_state();
    const Plan plan = make_plan(function_, state);
    if (plan.creates || plan.updates_code)
      require_bucket_for(function_.code.zip, function_.code.size, function_.s3_bucket);
    if (deployment_.changes.empty()) deployment_.changes = plan.lines;
    if (state.function) deployment_.arn = state.function->arn;
    if (state.alias_target) deployment_.version = state.alias_target->version;
    if (!dry_run) apply(plan, state);
    if (!function_.alias.empty() && !deployment_.arn.empty()) {
      deployment_.alias_arn = deployment_.arn + ":" + function_.alias;
    }
    return deployment_;
  }

  DeployedState read_state() {
    DeployedState state;
    const std::optional<Json> answer = output_if_there(api_, lambda("get-function", {}));
    if (answer) {
      state.function = actual_function(answer->at("Configuration"));
      state.function->tags = answer->value("Tags", std::map<std::string, std::string>{});
      if (!function_.alias.empty()) state.alias_target = read_alias_target();
    }
    if (needs_role(function_, state.function)) state.role = read_role(api_, function_.role, function_.create_role);
    if (state.role) role_arn_ = state.role->arn;
    return state;
  }

  std::optional<ActualFunction> read_alias_target() {
    const auto target = output_if_there(api_, lambda("get-function-configuration", {{"Qualifier", function_.alias}}));
    if (!target) return std::nullopt;
    return actual_function(*target);
  }

  void apply(const Plan& plan, const DeployedState& state) {
    show(plan);
    if (!plan.is_empty() && state.function && state.function->is_settling()) settle();
    if (plan.creates_role) {
      role_arn_ = create_role(api_, function_.role);
      done("created role " + role_arn_);
    }
    if (plan.attaches_policy) {
      attach_basic_policy(api_, function_.role, role_arn_);
      done("attached its policy");
    }
    if (plan.creates) create();
    if (plan.updates_code) update_code();
    if (plan.updates_configuration()) update_configuration(plan);
    if (!plan.tags.empty()) tag(plan);
    if (plan.moves_alias) move_alias(plan);
  }

  // Once: after a failure, what is left to do is less than what was shown.
  void show(const Plan& plan) {
    if (is_shown_ || plan.is_empty()) return;
    is_shown_ = true;
    say(function_.name + ":\n  " + join(plan.lines, "\n  "));  // at once: others may be deployed at the same time
  }

  void create() {
    Json input = configuration_of(function_);
    input["Role"] = role_arn_;
    input["Architectures"] = Json::array({function_.code.architecture});
    if (!function_.tags.empty()) input["Tags"] = function_.tags;
    AwsCall call = lambda("create-function", input);
    if (add_code(call)) call.input["Code"] = {{"S3Bucket", function_.s3_bucket}, {"S3Key", function_.code.s3_key}};
    deployment_.arn = api_.call(call).output.at("FunctionArn");
    done("created " + deployment_.arn);
    require_our_code(require_success(settle()));
  }

  void update_code() {
    AwsCall call = lambda("update-function-code", {{"Architectures", Json::array({function_.code.architecture})}});
    if (add_code(call)) {
      call.input["S3Bucket"] = function_.s3_bucket;
      call.input["S3Key"] = function_.code.s3_key;
    }
    require_our_code(finished(api_.call(call).output));
    done("updated the code");
  }

  void update_configuration(const Plan& plan) {
    AwsCall call = lambda("update-function-configuration", plan.configuration);
    if (plan.updates_role) call.input["Role"] = role_arn_;
    finished(api_.call(call).output);
    done("updated the configuration");
  }

  void tag(const Plan& plan) {
    api_.call({"lambda", "tag-resource", {{"Resource", deployment_.arn}, {"Tags", plan.tags}}, "", {}, false});
    done("set tags");
  }

  // A version is published only of the code that was deployed. AWS publishes none when nothing has changed since the
  // last one, so that a repetition does not make a second.
  void move_alias(const Plan& plan) {
    const AwsCall publish = lambda("publish-version", {{"CodeSha256", function_.code.code_sha256}});
    deployment_.version = api_.call(publish).output.at("Version");
    done("published version " + deployment_.version);
    const char* operation = plan.creates_alias ? "create-alias" : "update-alias";
    api_.call(lambda(operation, {{"Name", function_.alias}, {"FunctionVersion", deployment_.version}}));
    done("alias " + function_.alias + " points at version " + deployment_.version);
  }

  // Puts the zip into the call, or else into the bucket; whether it went there.
  bool add_code(AwsCall& call) {
    if (function_.code.size <= kDirectUploadLimit) {
      call.blob = "ZipFile";
      call.file = function_.code.zip;
      return false;
    }
    upload_to_s3(api_, function_.s3_bucket, function_.code.s3_key, function_.code.zip, function_.code.size);
    return true;
  }

  // Waits until AWS has finished what it is doing to the function: another update before that is refused.
  ActualFunction settle() {
    constexpr int kMostPolls = 300;  // with the pauses and the calls, ten minutes and more
    milliseconds pause{200};
    for (int poll = 0; poll < kMostPolls; ++poll) {
      const ActualFunction actual = actual_function(api_.call(lambda("get-function-configuration", {})).output);
      if (!actual.is_settling()) return actual;
      sleep_(pause);
      pause = std::min(pause * 2, milliseconds{2000});
    }
    throw Error("AWS does not finish the update of " + function_.name, "run it again later to go on");
  }

  // The function after an update that gave this answer, which may say already that it has ended.
  ActualFunction finished(const Json& answer) {
    const ActualFunction actual = actual_function(answer);
    return require_success(actual.last_update_status == "Successful" && !actual.is_settling() ? actual : settle());
  }

  ActualFunction require_success(const ActualFunction& actual) const {
    if (actual.state != "Failed" && actual.last_update_status != "Failed") return actual;
    throw Error("AWS could not update " + function_.name + ": " + actual.reason, "change that, and run it again");
  }

  void require_our_code(const ActualFunction& actual) const {
    if (actual.code_sha256 == function_.code.code_sha256) return;
    throw Error(fmt::format("{} has code with CodeSha256 {}, but the zip has {}", function_.name, actual.code_sha256,
                            function_.code.code_sha256),
                "somebody else deployed at the same time, or replaced the object in S3: run it again");
  }

  AwsCall lambda(const char* operation, Json input) const {
    if (!input.is_object()) input = Json::object();
    input["FunctionName"] = function_.name;
    return {"lambda", operation, std::move(input), "", {}, false};
  }

  void done(const std::string& step) {
    patience_.forget();
    say(function_.name + ": " + step);
  }

  const DesiredFunction& function_;
  AwsApi& api_;
  const Sleep& sleep_;
  Patience patience_;
  Deployment deployment_;
  std::string role_arn_;
  bool is_shown_ = false;
};

}  // namespace

Deployment deploy(const DesiredFunction& function, AwsApi& api, bool dry_run, const Sleep& sleep) {
  return Deployer(function, api, sleep).run(dry_run);
}

}  // namespace lambda_pack
