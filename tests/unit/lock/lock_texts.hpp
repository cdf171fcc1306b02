// Small locks and projects, written as text, and the selection from them.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "lock/select.hpp"
#include "runtime/runtime.hpp"

namespace lambda_pack::test {

inline const std::string kHash = "sha256:" + std::string(64, 'a');

inline Target target(const std::string& runtime = "python3.12", Architecture architecture = Architecture::x86_64) {
  return {&runtime_named(runtime), architecture};
}

inline SelectionRequest request(const std::string& runtime = "python3.12") { return {target(runtime), {}, {}, {}, {}}; }

// `files = [...]` with the given names and one hash.
inline std::string files(const std::vector<std::string>& names) {
  std::string text = "files = [\n";
  for (const auto& name : names) text += "  {file = \"" + name + "\", hash = \"" + kHash + "\"},\n";
  return text + "]\n";
}

// One [[package]] with a wheel for everything; `more` are lines after its version.
inline std::string package(const std::string& name, const std::string& version, const std::string& more = "") {
  return "[[package]]\nname = \"" + name + "\"\nversion = \"" + version +
         "\"\ndescription = \"\"\noptional = false\npython-versions = \"*\"\n" +
         (more.find("files = ") == std::string::npos ? files({name + "-" + version + "-py3-none-any.whl"}) : "") +
         more + "\n";
}

inline std::string lock(const std::string& packages, const std::string& version = "2.0", const std::string& more = "") {
  return packages + more + "[metadata]\nlock-version = \"" + version + "\"\npython-versions = \"*\"\n";
}

inline std::string project(const std::string& dependencies, const std::string& more = "") {
  return "[tool.poetry]\nname = \"shop\"\n[tool.poetry.dependencies]\n" + dependencies + more;
}

inline Selection selected(const std::string& pyproject, const std::string& lock_text,
                          const SelectionRequest& wanted = request()) {
  return select({pyproject, "pyproject.toml"}, {lock_text, "poetry.lock"}, wanted);
}

// "boto3 1.0, idna 3.4"
inline std::string names(const Selection& selection) {
  std::string text;
  for (const auto& distribution : selection.distributions) {
    text += (text.empty() ? "" : ", ") + distribution.name.str() + " " + distribution.version;
  }
  return text;
}

// What `act` throws; fails the test when it throws nothing.
template <typename Act>
Error error_of(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error("");
}

}  // namespace lambda_pack::test
