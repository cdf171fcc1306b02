#include <gtest/gtest.h>

#include "lock/select.hpp"
#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

using test::files;
using test::kHash;
using test::lock;
using test::names;
using test::package;
using test::project;
using test::request;
using test::selected;

SelectionRequest with_groups(std::set<std::string> groups) {
  auto wanted = request();
  wanted.groups = std::move(groups);
  return wanted;
}

SelectionRequest with_extras(std::set<std::string> extras) {
  auto wanted = request();
  wanted.extras = std::move(extras);
  return wanted;
}

// For an interpreter of this machine, which is no Lambda.
SelectionRequest on_a_mac() {
  auto wanted = request();
  auto environment = marker_environment(wanted.target, 1);
  environment.sys_platform = "darwin";
  wanted.target.machine = std::make_shared<const MarkerEnvironment>(environment);
  return wanted;
}

SelectionRequest without(const std::string& provided) {
  auto wanted = request();
  wanted.provided = {DistributionName(provided)};
  return wanted;
}

const std::string kDevGroup = "[tool.poetry.group.dev.dependencies]\npytest = \"*\"\n";

// Lock version 2.1

TEST(SelectionFrom21, IsWhatTheGroupsNeed) {
  const auto text =
      lock(package("idna", "3.4", "groups = [\"main\"]\n") + package("pytest", "7", "groups = [\"dev\"]\n") +
               package("six", "1", "groups = [\"main\", \"dev\"]\n"),
           "2.1");
  const auto pyproject = project("idna = \"*\"\nsix = \"*\"\n", kDevGroup);
  EXPECT_EQ(names(selected(pyproject, text)), "idna 3.4, six 1");
  EXPECT_EQ(names(selected(pyproject, text, with_groups({"dev"}))), "idna 3.4, pytest 7, six 1");
}

TEST(SelectionFrom21, EvaluatesTheMarkersOfTheChosenGroups) {
  const auto text = lock(
      package("one", "1", "groups = [\"main\"]\nmarkers = \"sys_platform == 'win32'\"\n") +
          package("two", "1", "groups = [\"main\", \"dev\"]\nmarkers = {main = \"python_version < '3.9'\"}\n") +
          package("six", "1", "groups = [\"main\"]\nmarkers = \"extra == 'fast' and platform_machine == 'x86_64'\"\n"),
      "2.1", "[extras]\nfast = [\"six\"]\n");
  const auto pyproject = project("one = \"*\"\ntwo = \"*\"\nsix = {version = \"*\", optional = true}\n",
                                 "[tool.poetry.extras]\nfast = [\"six\"]\n" + kDevGroup);
  EXPECT_EQ(names(selected(pyproject, text)), "");
  EXPECT_EQ(names(selected(pyproject, text, with_groups({"dev"}))), "two 1");
  EXPECT_EQ(names(selected(pyproject, text, with_extras({"Fast"}))), "six 1");
}

TEST(SelectionFrom21, LeavesOutWhatOnlyProvidedDistributionsNeed) {
  const auto text =
      lock(package("boto3", "1", "groups = [\"main\"]\n[package.dependencies]\nbotocore = \"*\"\n") +
               package("botocore", "1",
                       "groups = [\"main\"]\n[package.dependencies]\nurllib3 = \"<3\"\njmespath = \"*\"\n") +
               package("jmespath", "1", "groups = [\"main\"]\n") +
               package("requests", "2", "groups = [\"main\"]\n[package.dependencies]\nurllib3 = \">=1\"\n") +
               package("urllib3", "2", "groups = [\"main\"]\n"),
           "2.1");
  EXPECT_EQ(names(selected(project("boto3 = \"*\"\nrequests = \"*\"\n"), text, without("boto3"))),
            "requests 2, urllib3 2");
}

TEST(SelectionFrom21, HasTheDefaultGroupsWhenAskedTo) {
  const auto text =
      lock(package("idna", "3.4", "groups = [\"main\"]\n") + package("pytest", "7", "groups = [\"dev\"]\n") +
               package("sphinx", "1", "groups = [\"docs\"]\n"),
           "2.1");
  const std::string docs =
      "[tool.poetry.group.docs]\noptional = true\n[tool.poetry.group.docs.dependencies]\nsphinx = \"*\"\n";
  const auto pyproject = project("idna = \"*\"\n", kDevGroup + docs);
  auto wanted = request();
  wanted.default_groups = true;
  EXPECT_EQ(names(selected(pyproject, text, wanted)), "idna 3.4, pytest 7");
  wanted.groups = {"docs"};
  EXPECT_EQ(names(selected(pyproject, text, wanted)), "idna 3.4, pytest 7, sphinx 1");
  EXPECT_EQ(dependency_groups({pyproject, "pyproject.toml"}), (std::vector<std::string>{"dev", "docs"}));
}

TEST(SelectionForThisMachine, EvaluatesMarkersThere) {
  for (const std::string version : {"2.0", "2.1"}) {
    const std::string mac = "markers = \"sys_platform == 'darwin' and python_full_version == '3.12.1'\"";
    const std::string linux_only = "markers = \"sys_platform == 'linux'\"";
    const auto text = lock(package("one", "1", "groups = [\"main\"]\n" + mac + "\n") +
                               package("two", "1", "groups = [\"main\"]\n" + linux_only + "\n"),
                           version);
    const auto pyproject =
        project("one = {version = \"*\", " + mac + "}\ntwo = {version = \"*\", " + linux_only + "}\n");
    const auto selection = selected(pyproject, text, on_a_mac());
    EXPECT_EQ(names(selection), "one 1") << version;
    EXPECT_TRUE(selection.warnings.empty() || selection.warnings.front().find("patch") == std::string::npos);
  }
}

TEST(SelectionForThisMachine, LeavesTheChoiceOfAFileToTheInstaller) {
  const std::string other = "sha256:" + std::string(64, 'b');
  const auto wheel = "{file = \"one-1-cp312-cp312-macosx_11_0_arm64.whl\", hash = \"" + other + "\"}";
  const auto sdist = "{file = \"one-1.tar.gz\", hash = \"" + kHash + "\"}";
  const auto text = lock(package("one", "1", "files = [" + wheel + ", " + sdist + "]\n") +
                         package("two", "1", files({"two-1.tar.gz"})));
  const auto selection = selected(project("one = \"*\"\ntwo = \"*\"\n"), text, on_a_mac());
  EXPECT_EQ(requirements_txt(selection),
            "one==1 \\\n    --hash=" + kHash + " \\\n    --hash=" + other + "\ntwo==1 \\\n    --hash=" + kHash + "\n");
}

TEST(SelectionFrom21, LetsEdgesDecideBetweenVersionsThatTheMarkersKeep) {
  const auto text =
      lock(package("one", "1", "groups = [\"main\"]\n") + package("one", "2", "groups = [\"main\"]\n"), "2.1");
  EXPECT_EQ(names(selected(project("one = \"<2\"\n"), text)), "one 1");
}

// Before 2.1

TEST(SelectionBefore21, FollowsTheEdgesThatHoldOnTheTarget) {
  const auto text =
      lock(package("click", "8",
                   "[package.dependencies]\ncolorama = {version = \"*\", markers = \"sys_platform == 'win32'\"}\n"
                   "six = {version = \">=1\", python = \">=3.8\"}\n") +
           package("colorama", "1") + package("six", "1") + package("unused", "1"));
  EXPECT_EQ(names(selected(project("click = \"^8\"\n"), text)), "click 8, six 1");
}

TEST(SelectionBefore21, TakesTheVersionThatTheTargetsConstraintAllows) {
  const auto text = lock(package("numpy", "1.9") + package("numpy", "2.1"));
  const auto pyproject =
      project("numpy = [{version = \"<2\", python = \"<3.10\"}, {version = \">=2\", python = \">=3.10\"}]\n");
  EXPECT_EQ(names(selected(pyproject, text, request("python3.9"))), "numpy 1.9");
  EXPECT_EQ(names(selected(pyproject, text, request("python3.12"))), "numpy 2.1");
}

TEST(SelectionBefore21, PassesOverVersionsThatAreNotForTheTargetsPython) {
  auto newer = package("numpy", "2.1");
  newer.replace(newer.find("\"*\""), 3, "\">=3.10\"");
  EXPECT_EQ(names(selected(project("numpy = \"*\"\n"), lock(package("numpy", "1.9") + newer), request("python3.9"))),
            "numpy 1.9");
}

TEST(SelectionBefore21, LowersAChoiceThatALaterEdgeRulesOut) {
  const auto text = lock(package("aaa", "1", "[package.dependencies]\nnumpy = \"*\"\n") + package("numpy", "1.9") +
                         package("numpy", "2.1", "[package.dependencies]\nmissing = \"*\"\n") +
                         package("zzz", "1", "[package.dependencies]\nnumpy = \"<2\"\n"));
  EXPECT_EQ(names(selected(project("aaa = \"*\"\nzzz = \"*\"\n"), text)), "aaa 1, numpy 1.9, zzz 1");
}

TEST(SelectionBefore21, TakesALowerVersionOfWhatAsksForTooMuch) {
  const auto text = lock(package("aaa", "1", "[package.dependencies]\nurllib3 = \"<2\"\n") +
                         package("types", "1", "[package.dependencies]\nbetween = \"*\"\n") +
                         package("types", "2", "[package.dependencies]\nurllib3 = \">=2\"\n") +
                         package("between", "1") + package("urllib3", "1.26") + package("urllib3", "2.0"));
  EXPECT_EQ(names(selected(project("aaa = \"*\"\ntypes = \"*\"\n"), text)), "aaa 1, between 1, types 1, urllib3 1.26");
}

TEST(SelectionBefore21, LetsOptionalAndProvidedDependenciesHaveASayInVersions) {
  const auto text = lock(package("boto", "1", "[package.dependencies]\nurllib3 = \"<2\"\n") +
                         package("urllib3", "1.26") + package("urllib3", "2.0"));
  EXPECT_EQ(names(selected(project("boto = {version = \"*\", optional = true}\nurllib3 = \"*\"\n"), text)),
            "urllib3 1.26");
  EXPECT_EQ(names(selected(project("boto = \"*\"\nurllib3 = \"*\"\n"), text, without("boto"))), "urllib3 1.26");
}

TEST(SelectionBefore21, DoesNotFailForOptionalDependenciesThatNobodyAsksFor) {
  const auto text = lock(package("one", "1"));
  EXPECT_EQ(names(selected(project("one = \"*\"\nmissing = {version = \"*\", optional = true}\n"), text)), "one 1");
}

TEST(SelectionBefore21, LeavesOutPackagesThatPoetry10MarkedForElsewhere) {
  const auto text = lock(package("docker", "4", "[package.dependencies]\npywin32 = \"*\"\n") +
                             package("pywin32", "227", "marker = \"sys_platform == 'win32'\"\n"),
                         "1.0");
  EXPECT_EQ(names(selected(project("docker = \"*\"\n"), text)), "docker 4");
}

TEST(SelectionBefore21, BringsWhatExtrasOfADependencyBring) {
  const auto text =
      lock(package("coverage", "7",
                   "[package.dependencies]\ntomli = {version = \"*\", optional = true, markers = "
                   "\"python_version >= '3.8' and extra == 'toml'\"}\nother = {version = \"*\", optional = true}\n"
                   "[package.extras]\nToml = [\"tomli\"]\nall = [\"coverage[toml]\"]\nother = [\"other\"]\n") +
           package("tomli", "2") + package("other", "1"));
  EXPECT_EQ(names(selected(project("coverage = \"*\"\n"), text)), "coverage 7");
  EXPECT_EQ(names(selected(project("coverage = {version = \"*\", extras = [\"TOML\"]}\n"), text)),
            "coverage 7, tomli 2");
  EXPECT_EQ(names(selected(project("coverage = {version = \"*\", extras = [\"all\"]}\n"), text)),
            "coverage 7, tomli 2");
}

TEST(SelectionBefore21, BringsTheProjectsExtrasOnRequestOnly) {
  const auto text = lock(package("redis", "5") + package("idna", "3"), "2.0", "[extras]\ncache = [\"redis\"]\n");
  const auto pyproject = project("idna = \"*\"\nredis = {version = \"*\", optional = true}\n",
                                 "[tool.poetry.extras]\nCache = [\"redis\"]\n");
  EXPECT_EQ(names(selected(pyproject, text)), "idna 3");
  EXPECT_EQ(names(selected(pyproject, text, with_extras({"cache"}))), "idna 3, redis 5");
}

// As Poetry, which solves with all extras, and then looks at the project's dependencies without their markers.
TEST(SelectionBefore21, KeepsWhatAnUnaskedExtraBringsAndIsNeededWithoutItElsewhere) {
  const auto text = lock(package("tracing", "1", "[package.dependencies]\nmetadata = \"*\"\nonly = \"*\"\n") +
                         package("metadata", "6") + package("only", "1"));
  const auto pyproject =
      project("metadata = {version = \"*\", python = \"<3.10\"}\ntracing = {version = \"*\", optional = true}\n",
              "[tool.poetry.extras]\ntracing = [\"tracing\"]\n");
  EXPECT_EQ(names(selected(pyproject, text)), "metadata 6");
  EXPECT_EQ(names(selected(pyproject, text, with_extras({"tracing"}))), "metadata 6, only 1, tracing 1");
}

// As Poetry, for which an extra that is asked for leads through all that was solved.
TEST(SelectionBefore21, BringsWithAnExtraWhatAnotherOneAddsToWhatItLeadsTo) {
  const auto text = lock(package("docs", "1", "[package.dependencies]\nhttp = \"*\"\n") +
                         package("http", "2",
                                 "[package.dependencies]\nbrotli = {version = \"*\", optional = true, markers = "
                                 "\"extra == 'fast'\"}\n[package.extras]\nfast = [\"brotli\"]\n") +
                         package("brotli", "3"));
  const auto pyproject = project(
      "docs = {version = \"*\", optional = true}\nhttp = {version = \"*\", extras = [\"fast\"], optional = true}\n",
      "[tool.poetry.extras]\ndocs = [\"docs\"]\nfast = [\"http\"]\n");
  EXPECT_EQ(names(selected(pyproject, text)), "");
  EXPECT_EQ(names(selected(pyproject, text, with_extras({"docs"}))), "brotli 3, docs 1, http 2");
  auto wanted = with_extras({"docs"});
  wanted.provided = {DistributionName("http")};
  EXPECT_EQ(names(selected(pyproject, text, wanted)), "docs 1");
}

TEST(SelectionBefore21, KnowsExtrasOfTheProjectTableThatNameTheProject) {
  const auto text = lock(package("redis", "5"), "2.0", "[extras]\ncache = [\"redis\"]\nall = [\"shop\"]\n");
  const auto pyproject = std::string(
      "[project]\nname = \"shop\"\n[project.optional-dependencies]\ncache = [\"redis>=4\"]\n"
      "all = [\"shop[cache]\"]\n");
  EXPECT_EQ(names(selected(pyproject, text, with_extras({"all"}))), "redis 5");
}

TEST(SelectionBefore21, LeavesOutWhatOnlyProvidedDistributionsNeed) {
  const auto text = lock(package("boto3", "1", "[package.dependencies]\njmespath = \"*\"\nsix = \"*\"\n") +
                         package("jmespath", "1") + package("six", "1"));
  EXPECT_EQ(names(selected(project("boto3 = \"*\"\nsix = \"*\"\n"), text, without("Boto3"))), "six 1");
}

TEST(SelectionBefore21, ChoosesBetweenIndexesByTheSourceThatIsNamed) {
  const auto from = [](const std::string& name) {
    return "[package.source]\ntype = \"legacy\"\nurl = \"https://" + name + "/simple\"\nreference = \"" + name + "\"\n";
  };
  const auto text = lock(package("torch", "2", from("cpu")) + package("torch", "2", from("gpu")));
  const auto selection = selected(project("torch = {version = \"*\", source = \"CPU\"}\n"), text);
  ASSERT_EQ(names(selection), "torch 2");
  EXPECT_EQ(selection.distributions[0].source.url, "https://cpu/simple");
}

TEST(SelectionBefore21, TakesAPackageOnceThatTheLockHasTwice) {
  EXPECT_EQ(names(selected(project("one = \"*\"\n"), lock(package("one", "1") + package("one", "1")))), "one 1");
}

TEST(SelectionBefore21, WarnsOfToolsThatPoetry1DidNotLock) {
  const auto text = lock(package("ipython", "7", "[package.dependencies]\nsetuptools = \">=18.5\"\n"), "1.1");
  const auto selection = selected(project("ipython = \"*\"\n"), text);
  EXPECT_EQ(names(selection), "ipython 7");
  EXPECT_EQ(
      selection.warnings,
      std::vector<std::string>{"poetry.lock: ipython 7 needs setuptools, which Poetry 1 did not lock, and which is "
                               "left out: `poetry lock` of Poetry 2 locks it"});
}

// All

TEST(Selection, TakesAnExactPatchOfPythonForItsMinor) {
  EXPECT_TRUE(selected(project("python = \"3.9.1\"\n"), lock(""), request("python3.9")).warnings.empty());
}

TEST(Selection, WarnsWhenAMarkerHangsOnThePatchOfPython) {
  const auto pyproject = project("idna = {version = \"*\", markers = \"python_full_version >= '3.12.3'\"}\n");
  const auto selection = selected(pyproject, lock(package("idna", "3")));
  EXPECT_EQ(names(selection), "idna 3");
  ASSERT_EQ(selection.warnings.size(), 1u);
  EXPECT_EQ(selection.warnings[0].rfind("poetry.lock: whether idna belongs to the package depends on Python's patch "
                                        "version; decided for 3.12.",
                                        0),
            0u)
      << selection.warnings[0];
}

TEST(Selection, TakesAWheelFromAUrlWithItsHash) {
  const auto source = "[package.source]\ntype = \"url\"\nurl = \"https://host/w/one-1%2Bcpu-py3-none-any.whl?x=1\"\n";
  const auto text = lock(package("one", "1+cpu", test::files({"one-1+cpu-py3-none-any.whl"}) + source));
  const auto pyproject = project("one = {url = \"https://host/w/one-1%2Bcpu-py3-none-any.whl?x=1\"}\n");
  const auto selection = selected(pyproject, text);
  ASSERT_EQ(names(selection), "one 1+cpu");
  EXPECT_EQ(selection.distributions[0].file.name, "one-1+cpu-py3-none-any.whl");
  EXPECT_EQ(selection.distributions[0].file.url, "https://host/w/one-1%2Bcpu-py3-none-any.whl?x=1");
  EXPECT_EQ(selection.distributions[0].file.hashes[0].str(), test::kHash);
}

TEST(Selection, TakesTheHashThatAUrlCarries) {
  const auto url = "https://host/one-1-py3-none-any.whl#sha256=" + std::string(64, 'c');
  const auto text = lock(package("one", "1", "files = []\n[package.source]\ntype = \"url\"\nurl = \"" + url + "\"\n"));
  const auto selection = selected(project("one = {url = \"" + url + "\"}\n"), text);
  EXPECT_EQ(selection.distributions.at(0).file.hashes.at(0).str(), "sha256:" + std::string(64, 'c'));
  EXPECT_EQ(selection.distributions.at(0).file.url, "https://host/one-1-py3-none-any.whl");
}

TEST(Selection, BuildsAnSdistFromAPathWhenAllowed) {
  auto wanted = request();
  wanted.source_builds = {DistributionName("one")};
  const auto text =
      lock(package("one", "1", "files = []\n[package.source]\ntype = \"file\"\nurl = \"../x/one-1.tar.gz\"\n"));
  const auto selection = selected(project("one = {path = \"../x/one-1.tar.gz\"}\n"), text, wanted);
  EXPECT_TRUE(selection.distributions.at(0).build);
  EXPECT_EQ(selection.distributions.at(0).file.name, "one-1.tar.gz");
}

}  // namespace
}  // namespace lambda_pack
