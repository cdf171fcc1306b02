#include "runtime/runtime.hpp"

#include <gtest/gtest.h>

#include <regex>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

// The hint of the error about a runtime that isn't one, without the list of known ones.
std::string advice_about(std::string_view id) {
  try {
    runtime_named(id);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(" is not a Python runtime of AWS Lambda"), std::string::npos);
    const std::size_t list = error.hint().find("\nknown runtimes: python3.8, python3.9, ");
    EXPECT_NE(list, std::string::npos) << error.hint();
    return error.hint().substr(0, list);
  }
  return "none";
}

std::string architecture_hint(std::string_view name) {
  try {
    architecture_named(name);
  } catch (const Error& error) {
    return error.hint();
  }
  return "none";
}

TEST(Runtimes, AreFoundById) {
  for (const Runtime& runtime : known_runtimes()) EXPECT_EQ(&runtime_named(runtime.id), &runtime);
  EXPECT_EQ(runtime_named("python3.12").minor, 12);
}

TEST(Runtimes, AreATableInOrder) {
  const std::regex date("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
  const auto is_date = [&](std::string_view text) { return std::regex_match(text.begin(), text.end(), date); };
  EXPECT_TRUE(is_date(runtimes_read_on()));
  int before = 7;
  for (const Runtime& runtime : known_runtimes()) {
    EXPECT_EQ(runtime.minor, ++before);
    EXPECT_EQ(runtime.id, "python3." + std::to_string(runtime.minor));
    EXPECT_EQ(runtime.system, runtime.glibc_minor == 26 ? "Amazon Linux 2" : "Amazon Linux 2023");
    EXPECT_GT(runtime.newest_patch, 0);
    EXPECT_TRUE(is_date(runtime.deprecated) && is_date(runtime.block_create) && is_date(runtime.block_update));
    EXPECT_LT(runtime.deprecated, runtime.block_create);
    EXPECT_LT(runtime.block_create, runtime.block_update);
  }
}

TEST(Runtimes, AreSuggestedForOtherSpellings) {
  for (const char* text : {"3.12", "py3.12", "python312", "Python3.12", "python-3.12", "cp312", "3.12.4"}) {
    EXPECT_EQ(advice_about(text), "did you mean python3.12?") << text;
  }
  EXPECT_EQ(advice_about("py3.9"), "did you mean python3.9?");
}

TEST(Runtimes, ThatAwsHasWithdrawnOrDoesNotHaveYetAreCalledSo) {
  EXPECT_EQ(advice_about("python3.7"), "AWS Lambda has withdrawn Python 3.7");
  EXPECT_EQ(advice_about("python3.15"), "AWS Lambda had no Python 3.15 on " + std::string(runtimes_read_on()) +
                                            "; a newer lambda-pack may know it");
}

TEST(Runtimes, OfOtherLanguagesAreCalledSo) {
  for (const char* text : {"nodejs20.x", "provided.al2023", "java17", "python", "python2.7", "", "3"}) {
    EXPECT_EQ(advice_about(text), "lambda-pack makes packages for Python runtimes") << text;
  }
}

TEST(Deprecation, IsNoWarningBeforeItsDate) {
  EXPECT_EQ(deprecation_warning(runtime_named("python3.11"), "2027-06-29"), "");
}

TEST(Deprecation, SaysWhatHappenedWhatWillAndWhatToDo) {
  const std::string warning = deprecation_warning(runtime_named("python3.11"), "2027-08-01");
  EXPECT_EQ(warning,
            "python3.11 is deprecated: no security patches since 2027-06-30; AWS refuses to create functions with "
            "it since 2027-07-31 and to update them from 2027-08-31 (as announced on " +
                std::string(runtimes_read_on()) + "): move to python3.14");
}

TEST(Architectures, HaveTheNamesOfEachTool) {
  EXPECT_EQ(architecture_named("arm64"), Architecture::arm64);
  EXPECT_EQ(architecture_named("x86_64"), Architecture::x86_64);
  EXPECT_EQ(lambda_name(Architecture::arm64), "arm64");
  EXPECT_EQ(machine_name(Architecture::arm64), "aarch64");
  EXPECT_EQ(machine_name(Architecture::x86_64), "x86_64");
  EXPECT_EQ(elf_machine(Architecture::arm64), 183);
  EXPECT_EQ(elf_machine(Architecture::x86_64), 62);
}

TEST(Architectures, AreSuggestedForTheNamesOfOthers) {
  for (const char* text : {"amd64", "x86-64", "X86_64", "x64"}) {
    EXPECT_EQ(architecture_hint(text), "AWS Lambda calls it x86_64") << text;
  }
  for (const char* text : {"aarch64", "ARM64", "armv8"}) {
    EXPECT_EQ(architecture_hint(text), "AWS Lambda calls it arm64") << text;
  }
  EXPECT_EQ(architecture_hint("riscv64"), "the architectures of AWS Lambda are x86_64 and arm64");
}

}  // namespace
}  // namespace lambda_pack
