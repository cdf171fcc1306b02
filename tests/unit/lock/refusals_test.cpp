// What the lock room refuses, and in which words.
#include <gtest/gtest.h>

#include "lock/select.hpp"
#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

using test::error_of;
using test::files;
using test::lock;
using test::package;
using test::project;
using test::request;
using test::selected;

void expect_refusal(const std::string& pyproject, const std::string& lock_text, const std::string& what,
                    const std::string& hint, const SelectionRequest& wanted = request()) {
  const auto error = error_of([&] { selected(pyproject, lock_text, wanted); });
  EXPECT_EQ(error.what(), what);
  EXPECT_EQ(error.hint(), hint);
}

const std::string kProject = project("one = \"*\"\n");
const std::string kRemake = "`poetry lock` makes it anew";

TEST(Refusal, OfMalformedTomlTellsFileLineAndColumn) {
  const auto error = error_of([] { selected(kProject, "[[package]]\nname = one\n"); });
  EXPECT_EQ(std::string(error.what()).rfind("poetry.lock:2:8: malformed TOML: ", 0), 0u) << error.what();
}

TEST(Refusal, OfATargetWhosePythonTheProjectExcludes) {
  expect_refusal(project("python = \"^3.10\"\none = \"*\"\n"), lock(package("one", "1")),
                 "pyproject.toml is for Python \"^3.10\", which excludes python3.9 on x86_64",
                 "widen it and run `poetry lock`, or choose another runtime", request("python3.9"));
}

TEST(Refusal, OfALockVersionNobodyKnows) {
  expect_refusal(kProject, lock("", "3.0"), "poetry.lock has lock version \"3.0\"; versions 1 and 2 can be read",
                 "make the lock with a Poetry whose locks can be read, 1.x or 2.x");
}

TEST(Refusal, OfWhatIsNoPoetryLockSaysWhatItLooksLike) {
  expect_refusal(kProject, "version = 1\n[[package]]\nname = \"one\"\n",
                 "poetry.lock is no Poetry lock: it has no [metadata] and looks like a uv.lock or Cargo.lock", kRemake);
  expect_refusal(kProject, "lock-version = \"1.0\"\npackages = []\n",
                 "poetry.lock is no Poetry lock: it has no [metadata] and looks like a pylock.toml (PEP 751)", kRemake);
  expect_refusal(kProject, "", "poetry.lock is no Poetry lock: it has no [metadata]", kRemake);
}

TEST(Refusal, OfOtherLocksByNameSaysHowTheirToolExportsThem) {
  const auto pipenv = error_of([&] { select({kProject, "pyproject.toml"}, {"", "svc/Pipfile.lock"}, request()); });
  EXPECT_STREQ(pipenv.what(), "Pipfile.lock cannot be read");
  EXPECT_EQ(pipenv.hint(), "`pipenv requirements --hash > requirements.txt` makes a lock of it that can");
  const auto pdm = error_of([] { lock_format("pdm.lock"); });
  EXPECT_STREQ(pdm.what(), "pdm.lock cannot be read");
  EXPECT_EQ(pdm.hint(), "`pdm export --format requirements -o requirements.txt` makes a lock of it that can");
}

TEST(Refusal, OfAFileThatHasNoLocksName) {
  const auto error = error_of([] { lock_format("conda-lock.yml"); });
  EXPECT_STREQ(error.what(), "\"conda-lock.yml\" has no name that a lock has");
  EXPECT_EQ(error.hint(), "known are poetry.lock, uv.lock, pylock.toml, pylock.<name>.toml and requirements*.txt");
}

TEST(Refusal, OfALockWithoutFiles) {
  expect_refusal(kProject, lock(package("one", "1", "files = []\n")), "poetry.lock lists no files for one 1",
                 "`poetry lock` makes it anew, with the files and their hashes");
}

TEST(Refusal, OfALockWithHashesThatAreTooWeak) {
  expect_refusal(
      kProject,
      lock(package("one", "1",
                   "files = [{file = \"one-1-py3-none-any.whl\", hash = \"md5:" + std::string(32, 'a') + "\"}]\n")),
      "poetry.lock has no hash of SHA-256 or stronger for one-1-py3-none-any.whl",
      "`poetry lock` makes it anew, with hashes");
}

TEST(Refusal, OfALockWithHashesButNoFileNames) {
  expect_refusal(kProject,
                 "[[package]]\nname = \"one\"\nversion = \"1\"\n[metadata]\n[metadata.hashes]\none = [\"aa\"]\n",
                 "poetry.lock lists hashes without file names, so that no wheel can be chosen from it",
                 "`poetry lock` makes it anew; so do Poetry 1.1 to 1.8 by `poetry lock --no-update`, which keeps the "
                 "versions");
}

TEST(Refusal, OfAGroupThatIsNotThereListsThoseThatAre) {
  auto wanted = request();
  wanted.groups = {"tests"};
  expect_refusal(project("", "[tool.poetry.group.test.dependencies]\n[tool.poetry.group.docs.dependencies]\n"),
                 lock(""), "pyproject.toml has no dependency group \"tests\"",
                 "did you mean test?\nit has docs, main, test", wanted);
}

TEST(Refusal, OfAnExtraThatIsNotThereListsThoseThatAre) {
  auto wanted = request();
  wanted.extras = {"fas"};
  expect_refusal(project("", "[tool.poetry.extras]\nfast = []\n"), lock(""), "pyproject.toml has no extra \"fas\"",
                 "did you mean fast?\nit has fast", wanted);
  expect_refusal(project(""), lock(""), "pyproject.toml has no extra \"fas\"", "it has none", wanted);
}

TEST(Refusal, OfADependencyThatNoLockedPackageSatisfies) {
  const std::string hint = "`poetry lock` brings poetry.lock up to date with pyproject.toml";
  expect_refusal(kProject, lock(""),
                 "poetry.lock has no one for python3.12 on x86_64: shop needs one *; no version is locked", hint);
  expect_refusal(project("one = \"^2\"\n"), lock(package("one", "1.5")),
                 "poetry.lock has no one for python3.12 on x86_64: shop needs one ^2; locked: 1.5", hint);
  auto old = package("one", "1.5");
  old.replace(old.find("\"*\""), 3, "\"<3.9\"");
  expect_refusal(kProject, lock(old),
                 "poetry.lock has no one for python3.12 on x86_64: shop needs one *; locked: 1.5 (for Python <3.9)",
                 hint);
}

TEST(Refusal, OfTwoPackagesOfOneNameBetweenWhichNothingDecides) {
  const auto source = [](const std::string& url) {
    return "[package.source]\ntype = \"legacy\"\nurl = \"" + url + "\"\n";
  };
  const auto before21 = lock(package("one", "1", source("https://a")) + package("one", "1", source("https://b")));
  const std::string what =
      "poetry.lock has 2 packages of one for python3.12 on x86_64 (1 from https://a, 1 from https://b), "
      "and nothing decides between them: shop needs one *";
  const std::string hint = "give the dependency markers that exclude each other, or one source, and run `poetry lock`";
  expect_refusal(kProject, before21, what, hint);
  const auto since21 = lock(package("one", "1", "groups = [\"main\"]\n" + source("https://a")) +
                                package("one", "1", "groups = [\"main\"]\n" + source("https://b")),
                            "2.1");
  expect_refusal(kProject, since21, what, hint);
}

TEST(Refusal, OfTwoPackagesOfOneNameThatNothingNeeds) {
  const auto text =
      lock(package("one", "1", "groups = [\"main\"]\n") + package("one", "2", "groups = [\"main\"]\n"), "2.1");
  expect_refusal(project(""), text,
                 "poetry.lock has 2 packages of one for python3.12 on x86_64, and no dependency leads to any", kRemake);
}

TEST(Refusal, OfADamagedDependencyNamesBothEnds) {
  expect_refusal(kProject, lock(package("one", "1", "[package.dependencies]\ntwo = \"<0.2.0appnope\"\n")),
                 "poetry.lock: one 1 needs two: \"<0.2.0appnope\" in \"<0.2.0appnope\" is no version constraint",
                 kRemake);
}

TEST(Refusal, OfAGitSourceWithoutItsCommit) {
  const auto source = [](const std::string& more) {
    return lock(package("one", "1", "[package.source]\ntype = \"git\"\nurl = \"https://x/one\"\n" + more));
  };
  const std::string hint = kRemake + ", with the commit's 40 digits";
  const std::string what = "poetry.lock: one 1 comes from the git repository \"https://x/one\" ";
  expect_refusal(kProject, source(""), what + "without a commit", hint);
  expect_refusal(kProject, source("reference = \"main\"\n"), what + "at \"main\", which is no whole commit", hint);
  expect_refusal(kProject, source("resolved_reference = \"abc1234\"\n"),
                 what + "at \"abc1234\", which is no whole commit", hint);
}

TEST(Refusal, OfAnSdistByPathThatMayNotBeBuilt) {
  expect_refusal(kProject, lock(package("one", "1", "[package.source]\ntype = \"file\"\nurl = \"x/one-1.tar.gz\"\n")),
                 "poetry.lock: one 1 is an sdist, one-1.tar.gz, and wheels are wanted", "SOURCE_BUILDS one builds it");
}

TEST(Refusal, OfAUrlWithoutHash) {
  expect_refusal(
      kProject,
      lock(package("one", "1",
                   "files = []\n[package.source]\ntype = \"url\"\nurl = \"https://h/one-1-py3-none-any.whl\"\n")),
      "poetry.lock has no hash for one-1-py3-none-any.whl of one 1",
      "`poetry lock` makes it anew, with one; or put it into the URL: #sha256=...");
}

TEST(Refusal, OfADistributionWithNoWheelForTheTarget) {
  auto wanted = request("python3.12");
  const auto text = lock(package("numpy", "1.21",
                                 files({"numpy-1.21-cp39-cp39-manylinux_2_12_x86_64.manylinux2010_x86_64.whl",
                                        "numpy-1.21-cp39-cp39-macosx_11_0_arm64.whl",
                                        "numpy-1.21-cp310-cp310-win_amd64.whl", "numpy-1.21.tar.gz"})));
  expect_refusal(project("numpy = \"*\"\n"), text,
                 "poetry.lock: no wheel of numpy 1.21 runs on python3.12 on x86_64 (best tag "
                 "cp312-cp312-manylinux_2_34_x86_64); its wheels have cp310-cp310 on windows; cp39-cp39 on macos, "
                 "manylinux_2_12_x86_64",
                 "it has a wheel for python3.9 (x86_64)\nSOURCE_BUILDS numpy builds it from numpy-1.21.tar.gz", wanted);
}

TEST(Refusal, OfADistributionWithAnSdistOnly) {
  expect_refusal(
      kProject, lock(package("one", "1", files({"one-1.tar.gz"}))),
      "poetry.lock: no wheel of one 1 runs on python3.12 on x86_64 (best tag cp312-cp312-manylinux_2_34_x86_64); "
      "it has no wheels",
      "SOURCE_BUILDS one builds it from one-1.tar.gz");
}

}  // namespace
}  // namespace lambda_pack
