// Git sources of every lock: address, commit, subdirectory.
#include "lock/git_source.hpp"

#include <gtest/gtest.h>

#include "lock/select.hpp"
#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

const std::string kCommit = "0123456789abcdef0123456789abcdef01234567";
const std::string kPylock =
    "lock-version = \"1.0\"\ncreated-by = \"test\"\n[[packages]]\nname = \"one\"\nversion = \"1\"\n";

Source git(const std::string& url, const std::string& reference, const std::string& commit,
           const std::string& subdirectory = "") {
  return {SourceKind::git, url, reference, commit, subdirectory};
}

TEST(GitSource, OfARequirement) {
  EXPECT_EQ(git_source_of_pip("git+https://host/one.git@" + kCommit + "#egg=one&subdirectory=libs%2Fone"),
            git("https://host/one.git", kCommit, kCommit, "libs/one"));
  EXPECT_EQ(git_source_of_pip("git+ssh://git@host/one"), git("ssh://git@host/one", "", ""));
  EXPECT_EQ(git_source_of_pip("git+ssh://git@host/one@v1.0"), git("ssh://git@host/one", "v1.0", ""));
  EXPECT_EQ(git_source_of_pip("git+file:///srv/one@feature/x"), git("file:///srv/one", "feature/x", ""));
}

TEST(GitSource, OfUv) {
  EXPECT_EQ(git_source_of_uv("https://host/one?subdirectory=libs%2Fone&tag=v1.0#" + kCommit),
            git("https://host/one", "v1.0", kCommit, "libs/one"));
  EXPECT_EQ(git_source_of_uv("ssh://git@host/one.git#" + kCommit), git("ssh://git@host/one.git", "", kCommit));
}

TEST(GitSource, AsPipWantsIt) {
  EXPECT_EQ(pip_git_url(git("git@host:owner/one.git", "main", kCommit, "sub")),
            "git+ssh://git@host/owner/one.git@" + kCommit + "#subdirectory=sub");
  EXPECT_EQ(pip_git_url(git("https://host/one", "main", kCommit)), "git+https://host/one@" + kCommit);
}

// The same repository, commit and folder, written in each kind of lock.
TEST(GitSource, IsTheSameFromEveryLock) {
  const std::string url = "https://host/one", project =
                                                  "[project]\nname = \"shop\"\nversion = \"1\"\n"
                                                  "dependencies = [\"one @ git+https://host/one@v1\"]\n";
  const std::string poetry = "groups = [\"main\"]\n[package.source]\ntype = \"git\"\nurl = \"" + url +
                             "\"\nreference = \"v1\"\nresolved_reference = \"" + kCommit +
                             "\"\nsubdirectory = \"sub\"\n";
  const std::string uv =
      "version = 1\n[[package]]\nname = \"shop\"\nversion = \"1\"\nsource = { editable = \".\" }\n"
      "dependencies = [{ name = \"one\" }]\n"
      "[[package]]\nname = \"one\"\nversion = \"1\"\nsource = { git = \"" +
      url + "?subdirectory=sub&rev=v1#" + kCommit + "\" }\n";
  const std::string pylock = kPylock + "vcs = { type = \"git\", url = \"" + url +
                             "\", requested-revision = \"v1\", commit-id = \"" + kCommit +
                             "\", subdirectory = \"sub\" }\n";
  const std::vector<std::pair<std::string, std::string>> locks = {
      {"poetry.lock", test::lock(test::package("one", "1", poetry), "2.1")},
      {"uv.lock", uv},
      {"pylock.toml", pylock},
      {"requirements.txt", "one @ git+" + url + "@" + kCommit + "#subdirectory=sub\n"}};
  for (const auto& [file, text] : locks) {
    const auto selection = select({project, "pyproject.toml"}, {text, file}, test::request());
    ASSERT_EQ(selection.distributions.size(), 1u) << file;
    const auto& one = selection.distributions.front();
    const bool names_commits_only = file == "requirements.txt";
    EXPECT_EQ(one.source, git(url, names_commits_only ? kCommit : "v1", kCommit, "sub")) << file;
    EXPECT_EQ(one.file, LockedFile{}) << file;
    EXPECT_EQ(requirements_txt(selection), "# one: built from git+" + url + "@" + kCommit + "#subdirectory=sub\n")
        << file;
  }
}

TEST(GitSource, OfAnotherVersionControlIsRefused) {
  const auto error = test::error_of([] {
    select({"[project]\nname = \"shop\"\n", "pyproject.toml"},
           {kPylock + "vcs = { type = \"hg\", url = \"https://host/one\", commit-id = \"1\" }\n", "pylock.toml"},
           test::request());
  });
  EXPECT_STREQ(error.what(),
               "pylock.toml: package \"one\" comes from version control of the type \"hg\"; git can be read");
}

}  // namespace
}  // namespace lambda_pack
