// What an action that must fail says.
#pragma once

#include <functional>
#include <string>

#include "base/error.hpp"

namespace lambda_pack::testing {

inline std::string refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace lambda_pack::testing
