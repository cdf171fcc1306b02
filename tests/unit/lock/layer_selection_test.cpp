// What a layer takes of a lock: some of its distributions, for several targets at once.
#include "lock/layer_selection.hpp"

#include <gtest/gtest.h>

#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

using test::error_of;
using test::files;
using test::lock;
using test::names;
using test::package;
using test::project;
using test::request;
using test::selected;

const std::string kMain = "groups = [\"main\"]\n";

SelectionRequest only(const std::string& name) {
  auto wanted = request();
  wanted.only = {DistributionName(name)};
  return wanted;
}

SelectionRequest everywhere() {
  auto wanted = request();
  wanted.target.any_architecture = true;
  return wanted;
}

const std::string kPackages =
    package("boto3", "1", kMain + "[package.dependencies]\nbotocore = \"*\"\n") +
    package("botocore", "1", kMain + "[package.dependencies]\nurllib3 = {version = \"*\", optional = true}\n") +
    package("requests", "2", kMain + "[package.dependencies]\nurllib3 = \"*\"\n") + package("urllib3", "2", kMain);

TEST(OnlySomeDistributions, AreTakenWithWhatTheyNeed) {
  const auto pyproject = project("boto3 = \"*\"\nrequests = \"*\"\n");
  for (const std::string version : {"2.0", "2.1"}) {
    const auto text = lock(kPackages, version);
    EXPECT_EQ(names(selected(pyproject, text, only("Boto3"))), "boto3 1, botocore 1");
    EXPECT_EQ(names(selected(pyproject, text, only("requests"))), "requests 2, urllib3 2");
    EXPECT_EQ(names(selected(pyproject, text, only("urllib3"))), "urllib3 2");
    EXPECT_EQ(names(selected(pyproject, text, only("flask"))), "");
  }
}

TEST(OnlySomeDistributions, NeedNotRunOnTheTargetWhereTheyAreLeftOut) {
  const auto text =
      lock(package("one", "1", kMain) + package("two", "1", kMain + files({"two-1-cp39-cp39-win32.whl"})), "2.1");
  EXPECT_EQ(names(selected(project("one = \"*\"\ntwo = \"*\"\n"), text, only("one"))), "one 1");
}

TEST(OnlySomeDistributions, AreTakenOfUvsLockWithWhatTheyNeed) {
  const auto entry = [](const std::string& name, const std::string& more) {
    return "[[package]]\nname = \"" + name +
           "\"\nversion = \"1\"\nsource = { registry = \"https://pypi.org/simple\" }\n" + more +
           "wheels = [{ url = \"https://files.example/" + name + "-1-py3-none-any.whl\", hash = \"" + test::kHash +
           "\" }]\n";
  };
  const std::string text = "version = 1\nrequires-python = \">=3.9\"\n" +
                           entry("one", "dependencies = [{ name = \"two\", extra = [\"fast\"] }]\n") +
                           "[[package]]\nname = \"shop\"\nversion = \"1\"\nsource = { virtual = \".\" }\n"
                           "dependencies = [{ name = \"one\" }, { name = \"four\" }]\n"
                           "[package.metadata]\nrequires-dist = [{ name = \"one\" }, { name = \"four\" }]\n" +
                           entry("two", "") + "[package.optional-dependencies]\nfast = [{ name = \"three\" }]\n" +
                           entry("three", "") + entry("four", "");
  const std::string pyproject =
      "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.9\"\ndependencies = [\"one\", \"four\"]\n";
  const auto from_uv = [&](const SelectionRequest& wanted) {
    return names(select({pyproject, "pyproject.toml"}, {text, "uv.lock"}, wanted));
  };
  EXPECT_EQ(from_uv(request()), "four 1, one 1, three 1, two 1");
  EXPECT_EQ(from_uv(only("one")), "one 1, three 1, two 1");
  EXPECT_EQ(from_uv(only("two")), "three 1, two 1");
}

TEST(OnlySomeDistributions, AreThoseNamedWhereALockDoesNotSayWhoNeedsWhat) {
  const std::string text = "one==1 --hash=" + test::kHash + "\ntwo==1 --hash=" + test::kHash + "\n";
  const auto selection = select({"", "pyproject.toml"}, {text, "requirements.txt"}, only("one"));
  EXPECT_EQ(names(selection), "one 1");
  EXPECT_EQ(selection.warnings,
            std::vector<std::string>{
                "requirements.txt does not say who needs what: of DISTRIBUTIONS only those named are taken"});
}

TEST(BothArchitectures, TakeWheelsWithoutMachineCode) {
  const auto pyproject = project("one = \"*\"\n");
  const std::string native = "one-1-cp312-cp312-manylinux2014_x86_64.whl";
  const auto mixed = lock(package("one", "1", kMain + files({native, "one-1-py3-none-any.whl"})), "2.1");
  EXPECT_EQ(selected(pyproject, mixed).distributions[0].file.name, native);
  EXPECT_EQ(selected(pyproject, mixed, everywhere()).distributions[0].file.name, "one-1-py3-none-any.whl");
  const Error error =
      error_of([&] { selected(pyproject, lock(package("one", "1", kMain + files({native})), "2.1"), everywhere()); });
  EXPECT_EQ(
      std::string(error.what()),
      "poetry.lock: no wheel of one 1 runs on python3.12 on x86_64 and arm64 (best tag cp312-none-any); its wheels have "
      "cp312-cp312 on manylinux2014_x86_64");
  EXPECT_EQ(
      error.hint(),
      "a layer for both architectures holds no machine code: make one layer for each of the ARCHITECTURES, or leave one "
      "out of it (DISTRIBUTIONS, PROVIDED)\nit has a wheel for python3.12 (x86_64)");
}

TEST(BothArchitectures, HaveOnePlaceForADistribution) {
  const auto of = [](const std::string& name, const std::string& version, const std::string& architecture) {
    return Selection{"python3.12", architecture, {{DistributionName(name), version, {}, {}, false}}, {"a warning"}};
  };
  const Selection joined = joined_architectures({of("two", "1", "x86_64"), of("one", "1", "arm64")}, "poetry.lock");
  EXPECT_EQ(names(joined), "one 1, two 1");
  EXPECT_EQ(joined.warnings, std::vector<std::string>{"a warning"});
  const Error error =
      error_of([&] { joined_architectures({of("one", "1", "x86_64"), of("one", "2", "arm64")}, "poetry.lock"); });
  EXPECT_EQ(std::string(error.what()),
            "poetry.lock has one 1 for x86_64 and 2 for arm64, and a layer has one place for both");
}

}  // namespace
}  // namespace lambda_pack
