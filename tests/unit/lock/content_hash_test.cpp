#include "lock/content_hash.hpp"

#include <gtest/gtest.h>

#include "lock/json_text.hpp"
#include "lock/toml.hpp"
#include "lock_texts.hpp"
#include "nlohmann/json.hpp"

namespace lambda_pack {
namespace {

using test::lock;
using test::package;
using test::project;
using test::selected;

std::vector<std::string> warnings_with_hash(const std::string& pyproject, const std::string& hash) {
  const auto text = lock(package("idna", "3.4"), "2.0") + "content-hash = \"" + hash + "\"\n";
  return selected(pyproject, text).warnings;
}

TEST(PythonJson, IsWhatJsonDumpsWrites) {
  const auto document =
      parse_toml("b = [1, 1.0, 1e16, 0.00001, true]\na = \"\\\"\\u007f\\u00e9\\U0001F40D\\n\"\n", "t");
  EXPECT_EQ(python_json(document), R"({"a": "\"\u007f\u00e9\ud83d\udc0d\n", "b": [1, 1.0, 1e+16, 1e-05, true]})");
}

TEST(ContentHash, HasNullsForTheFourOldKeysOfAPoetryProject) {
  // sha256 of {"dependencies": {"idna": "^3"}, "dev-dependencies": null, "extras": null, "source": null}
  const auto hashes = poetry_content_hashes(parse_toml(project("idna = \"^3\"\n"), "t"));
  EXPECT_EQ(hashes, std::vector<std::string>{"3743c691e31fc3ef40a2765c7b97ee631412a4a6980a2d0762d7f5801035310e"});
}

TEST(ContentHash, HasDependencyGroupsSincePoetry23AndIsAcceptedWithoutThem) {
  const auto text = "[project]\ndependencies = [\"idna\"]\n[dependency-groups]\ndev = [\"pytest\"]\n";
  EXPECT_EQ(poetry_content_hashes(parse_toml(text, "t")),
            (std::vector<std::string>{"bda8aa25ddb551429e8c10c7edc5bc66081b9d412c07c874cf6b2e68701bedd7",
                                      "18ab465f481047c8523aa0f7a73c5c81f4a68602ed8746249d773db33dc9c15e"}));
}

TEST(ContentHash, AnotherOneIsAWarningThatSaysWhatToRun) {
  EXPECT_EQ(
      warnings_with_hash(project("idna = \"^3\"\n"), std::string(64, '0')),
      std::vector<std::string>{"poetry.lock does not fit pyproject.toml, which has changed since: run `poetry lock`"});
}

TEST(ContentHash, TheRightOneIsNoWarning) {
  EXPECT_EQ(warnings_with_hash(project("idna = \"^3\"\n"),
                               "3743c691e31fc3ef40a2765c7b97ee631412a4a6980a2d0762d7f5801035310e"),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace lambda_pack
