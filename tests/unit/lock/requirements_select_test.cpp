// Requirements files with hashes, and what is refused of others.
#include <gtest/gtest.h>

#include <map>

#include "lock/select.hpp"
#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

using test::error_of;
using test::names;
using test::request;

const std::string kA = "sha256:" + std::string(64, 'a'), kB = "sha256:" + std::string(64, 'b');
const std::string kRemedy =
    "`uv pip compile --generate-hashes <list> -o requirements.txt` (or pip-compile --generate-hashes) makes a file in "
    "which everything is pinned, with hashes";

using Files = std::map<std::string, std::string>;

Selection select_from(const std::string& text, const SelectionRequest& wanted = request(), const Files& files = {}) {
  const LockSurroundings around{
      [&files](const std::string& path) {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
      },
      [](const std::string& name) { return name == "VERSION" ? std::optional<std::string>("2.0") : std::nullopt; }};
  return select({"", "pyproject.toml"}, {text, "requirements.txt"}, wanted, around);
}

std::string pin(const std::string& requirement, const std::string& hash = kA) {
  return requirement + " --hash=" + hash + "\n";
}

void expect_refusal(const std::string& text, const std::string& what, const std::string& hint) {
  const auto error = error_of([&] { select_from(text); });
  EXPECT_EQ(error.what(), what);
  EXPECT_EQ(error.hint(), hint);
}

TEST(Requirements, AsPipCompileWritesThem) {
  const auto selection = select_from(
      "#\n# made by pip-compile\n#\n--index-url https://index.example/simple\n\n"
      "one==1.0 \\\n    --hash=" +
      kB + " \\\n    --hash=" + kA +
      "\n    # via two\n"
      "Two[extra] == 2.0 ; python_version >= \"3.9\" \\\r\n    --hash " +
      kA + "\r\n");
  EXPECT_EQ(names(selection), "one 1.0, two 2.0");
  EXPECT_EQ(selection.distributions[0].file.name, "");
  EXPECT_EQ(selection.distributions[0].file.hashes, (std::vector{*FileHash::parse(kA), *FileHash::parse(kB)}));
  EXPECT_EQ(selection.distributions[0].source.url, "https://index.example/simple");
  EXPECT_EQ(selection.warnings, std::vector<std::string>{});
}

TEST(Requirements, AreThoseWhoseMarkersHold) {
  const auto text = pin("one==1.0 ; platform_machine == 'x86_64'") + pin("two==1.0 ; sys_platform == 'win32'") +
                    pin("three==1.0 ; python_version < '3.12'") + pin("four==1.0 ; extra == 'x'");
  EXPECT_EQ(names(select_from(text)), "one 1.0");
  EXPECT_EQ(names(select_from(text, request("python3.9"))), "one 1.0, three 1.0");
}

TEST(Requirements, OfFilesThatTheFileNames) {
  const Files files{{"more/base.txt", pin("two==2.0") + "-r deeper.txt\n"},
                    {"more/deeper.txt", pin("three==3.0")},
                    {"limits.txt", "one==1.0\nother==7\n"}};
  const auto selection = select_from("-r more/base.txt\n-c limits.txt\n" + pin("one"), request(), files);
  EXPECT_EQ(names(selection), "one 1.0, three 3.0, two 2.0");
}

TEST(Requirements, WithVariablesOfTheEnvironment) { EXPECT_EQ(names(select_from(pin("one==${VERSION}"))), "one 2.0"); }

TEST(Requirements, MayListAPinTwiceOnceWithAnExtra) {
  const auto selection = select_from(pin("one==1.0") + pin("one[all]==1.0"));
  EXPECT_EQ(names(selection), "one 1.0");
}

TEST(Requirements, ByUrlAndByPath) {
  const auto selection = select_from(pin("one @ https://files.example/one-1.0-py3-none-any.whl") +
                                     pin("./wheels/two-2.0-py3-none-any.whl") + "-e .\n");
  EXPECT_EQ(names(selection), "one 1.0, two 2.0");
  EXPECT_EQ(selection.distributions[0].file.url, "https://files.example/one-1.0-py3-none-any.whl");
  EXPECT_EQ(selection.distributions[1].source.url, "wheels/two-2.0-py3-none-any.whl");
}

TEST(Requirements, FromFoldersAndRepositories) {
  const std::string commit(40, 'c');
  const Files files{{"../libs/one/pyproject.toml", "[project]\nname = \"One.Lib\"\nversion = \"1\"\n"},
                    {"more/base.txt", "-e ./five[extra] ; python_version >= '3'\n"},
                    {"windows/pyproject.toml", "[project]\nname = \"six\"\n"},
                    {"more/five/pyproject.toml", "[tool.poetry]\nname = \"five\"\nversion = \"1\"\n"}};
  const auto selection = select_from(
      "-e ../libs/one\ntwo @ file:///srv/libs/two\n-e file:three#egg=three\n"
      "git+https://host/four@" +
          commit +
          "#egg=four&subdirectory=sub\n"
          "-r more/base.txt\n./windows ; sys_platform == 'win32'\n",
      request(), files);
  EXPECT_EQ(names(selection), "five , four , one-lib , three , two ");
  const auto source = [&selection](std::size_t at) { return selection.distributions[at].source; };
  EXPECT_EQ(source(0), (Source{SourceKind::directory, "more/five", "", "", "", true}));
  EXPECT_EQ(source(1), (Source{SourceKind::git, "https://host/four", commit, commit, "sub"}));
  EXPECT_EQ(source(2), (Source{SourceKind::directory, "../libs/one", "", "", "", true}));
  EXPECT_EQ(source(3), (Source{SourceKind::directory, "three", "", "", "", true}));
  EXPECT_EQ(source(4), (Source{SourceKind::directory, "/srv/libs/two", "", "", ""}));
}

TEST(RequirementsRefusal, OfAPlaceThatDoesNotSayWhatItIs) {
  expect_refusal(
      "-e ../libs/one\n",
      "requirements.txt:1: \"../libs/one\" does not say which distribution it is: no pyproject.toml is there",
      "bring the folder, or put its name before it: name @ ../libs/one");
  expect_refusal("git+https://host/four\n",
                 "requirements.txt:1: \"git+https://host/four\" does not say which distribution it is",
                 "put its name before it: name @ git+https://host/four");
}

TEST(Requirements, WithoutWhatIsProvided) {
  auto wanted = request();
  wanted.provided = {DistributionName("boto3")};
  const auto selection = select_from(pin("boto3==1.0") + pin("botocore==1.0"), wanted);
  EXPECT_EQ(names(selection), "botocore 1.0");
  EXPECT_EQ(selection.warnings,
            std::vector<std::string>{
                "requirements.txt does not say who needs what: of PROVIDED only boto3 itself is left out"});
}

TEST(RequirementsRefusal, OfWhatIsNotPinned) {
  expect_refusal("one==1.0 --hash=" + kA + "\n\n" + pin("two>=1.0"),
                 "requirements.txt:3: \"two>=1.0\" is not pinned with ==", kRemedy);
  expect_refusal(pin("one==1.*"), "requirements.txt:1: \"one==1.*\" is not pinned with ==", kRemedy);
}

TEST(RequirementsRefusal, OfWhatHasNoHash) {
  expect_refusal("one==1.0\n", "requirements.txt:1: one 1.0 has no hash of SHA-256 or stronger", kRemedy);
  expect_refusal(pin("one==1.0", "md5:" + std::string(32, 'a')),
                 "requirements.txt:1: one 1.0 has no hash of SHA-256 or stronger", kRemedy);
}

TEST(RequirementsRefusal, OfOneNameWithTwoVersions) {
  expect_refusal(pin("one==1.0") + pin("One==2.0"),
                 "requirements.txt:1: one is required twice, as 1.0 and, requirements.txt:2, as 2.0", kRemedy);
}

TEST(RequirementsRefusal, OfWhatAFileNamesAndIsNotThere) {
  expect_refusal("-r base.txt\n", "requirements.txt:1: there is no base.txt", "correct the line, or bring the file");
}

TEST(RequirementsRefusal, OfAnOptionNobodyKnows) {
  expect_refusal("--frobnicate\n", "requirements.txt:1: \"--frobnicate\" is no option of requirements files", "");
}

TEST(RequirementsRefusal, OfAFileThatIncludesItself) {
  const auto error = error_of([] { select_from("-r a.txt\n", request(), {{"a.txt", "-r a.txt\n"}}); });
  EXPECT_STREQ(error.what(), "a.txt includes itself");
}

TEST(RequirementsRefusal, OfGroupsAndExtrasWhichTheFileHasNot) {
  auto wanted = request();
  wanted.groups = {"dev"};
  const auto error = error_of([&] { select_from(pin("one==1.0"), wanted); });
  EXPECT_STREQ(error.what(), "requirements.txt has no dependency group \"dev\"");
}

TEST(RequirementsRefusal, OfAMarkerThatDoesNotParseNamesTheLine) {
  const auto error = error_of([] { select_from("\n" + pin("one==1.0 ; python_version ~ '3'")); });
  EXPECT_EQ(std::string(error.what()).rfind("requirements.txt:2: ", 0), 0u) << error.what();
}

}  // namespace
}  // namespace lambda_pack
