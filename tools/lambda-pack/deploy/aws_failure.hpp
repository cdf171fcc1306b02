// What went wrong in a call of AWS, and whether it helps to try again. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace lambda_pack {

enum class AwsFailureKind {
  not_found,       // there is no such function, role, object
  conflict,        // something of that name is there already, or an update of it is in progress
  busy,            // throttled, an error on AWS' side, or a connection that was cut: the outcome is unknown
  role_not_ready,  // Lambda cannot assume the execution role, or not yet: a new role takes seconds to be known
  refused,         // everything else: trying again does not help
};

class AwsFailure : public Error {
 public:
  AwsFailure(AwsFailureKind kind, std::string code, const std::string& what, std::string hint)
      : Error(what, std::move(hint)), kind_(kind), code_(std::move(code)) {}

  AwsFailureKind kind() const noexcept { return kind_; }
  const std::string& code() const noexcept { return code_; }  // AWS' own, "ResourceConflictException"; may be empty

 private:
  AwsFailureKind kind_;
  std::string code_;
};

// What AWS answered instead of doing it, understood. `operation` is what it was to do, for the message ("lambda
// get-function"), `profile` the profile that was chosen, or empty.
AwsFailure service_failure(const std::string& code, const std::string& message, std::string_view operation,
                           std::string_view profile);

// Whether the code says that the credentials have expired, are unknown, or did not sign rightly.
bool is_about_credentials(std::string_view code);

// What the AWS CLI, v1 or v2, says on stderr when a call fails, understood; the rest as for service_failure().
AwsFailure aws_failure(std::string_view diagnostics, std::string_view operation, std::string_view profile);

}  // namespace lambda_pack
