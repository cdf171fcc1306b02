// The fast reader says what toml++ says, or nothing.
#include "lock/plain_toml.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "lock/toml.hpp"

namespace lambda_pack {
namespace {

const std::string kLock = R"toml(version = 1
requires-python = ">=3.9"
resolution-markers = [
    "python_full_version >= '3.12'",  # a comment
    'sys_platform == "win32"',
]
conflicts = [[
    { package = "shop", extra = "a" },
    { package = "shop", group = "b" },
]]

[options]
exclude-newer = "2025"

[[package]]
name = "one"
"quoted key" = "with \" \\ and \n"
wheels = [
    { url = "https://x/one.whl", hash = "sha256:00", size = 12 },
]

[package.optional-dependencies]
all = [{ name = "two", marker = "größer" }]
none = []

[[package]]
name = "two"
optional = false

[package.metadata.requires-dev]
dev = [{}]
)toml";

void expect_same(const std::string& text) {
  const auto plain = read_plain_toml(text);
  if (!plain) return;
  nlohmann::json whole;
  try {
    whole = parse_any_toml(text, "x.toml");
  } catch (const Error& error) {
    FAIL() << error.what() << "\nin:\n" << text;
  }
  EXPECT_EQ(*plain, whole) << text;
}

TEST(PlainToml, ReadsWhatToolsWrite) {
  ASSERT_TRUE(read_plain_toml(kLock));
  expect_same(kLock);
  for (const char* text : {"", "\n", "a = 1", "a = 0\r\nb = true\r\n", "# only a comment", "[a]\n[a.b]\n[c.d]\n[c.e]\n",
                           "a = [[], [1, [2]], {}]\n", "a = ''\nb = \"\"\n", "\t[ a . \"b.c\" ] # x\nd=1"}) {
    EXPECT_TRUE(read_plain_toml(text)) << text;
    expect_same(text);
  }
}

TEST(PlainToml, LeavesToTheOtherWhatIsWrongOrRare) {
  for (const char* text : {"a = 1\na = 2",
                           "[a]\n[a]",
                           "[[a]]\n[a]",
                           "a = []\n[[a]]",
                           "a = {}\n[a.b]",
                           "a = 1 b = 2",
                           "a",
                           "a =",
                           "= 1",
                           "a = \"\"\"x\"\"\"",
                           "a = '''x'''",
                           "a = \"x\ny\"",
                           "a = \"\x01\"",
                           "a = \"\xff\"",
                           "a = 1979-05-27",
                           "a = 07:32:00",
                           "a = 1.5",
                           "a = +1",
                           "a = 1_000",
                           "a = 0x1f",
                           "a = 012",
                           "a = inf",
                           "a.b = 1",
                           "a = truely",
                           "a = \"\\u00e9\"",
                           "a = {b = 1,}",
                           "a = {b = 1\n}",
                           "a = [1 2]",
                           "[a",
                           "[[a]",
                           "a = [",
                           "a = {",
                           "a = \"",
                           "a = \"\\",
                           "a = 1\rb = 2",
                           "# \x01",
                           "[a.b]\n[a]\n[a]",
                           "a = 99999999999999999999"}) {
    EXPECT_FALSE(read_plain_toml(text)) << text;
  }
  std::string deep = "a = " + std::string(100000, '[');
  EXPECT_FALSE(read_plain_toml(deep));
}

TEST(PlainToml, ReadsListsOfFlatTablesOrSaysThatItDoesNot) {
  std::string seen;
  const auto read = [&seen](std::string_view text) {
    seen.clear();
    return read_plain_tables(text, [&seen](std::span<const PlainValue> table) {
      seen += "|";
      for (const auto& value : table) {
        seen += std::string(value.key) + "=" + std::string(value.text) +
                (value.number ? std::to_string(*value.number) : "") + ";";
      }
    });
  };
  EXPECT_TRUE(read("[\n  { url = \"https://x\", size = 12 },  # one\n  {hash=\"a\"}\n]"));
  EXPECT_EQ(seen, "|url=https://x;size=12;|hash=a;");
  EXPECT_TRUE(read("[]"));
  for (const char* text :
       {"", "[", "[{}]", "[{a = \"\\n\"}]", "[{a = 'b'}]", "[{a = {}}]", "[{a = 1,}]", "[{a = \"b\"} {}]",
        "[{a = \"b\"", "[{a = \"\"\"b\"\"\"}]", "[1]", "[{a = 1.5}]", "[{a = 1}] b"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

// Whatever happens to a lock: never another document, never one that is malformed.
TEST(PlainToml, NeverDisagrees) {
  constexpr std::string_view kBytes = "[]{}=\"'\\#,. \t\n\r0a-_\x01\x7f\xc3";
  std::mt19937 random(1);
  const auto below = [&random](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  for (int round = 0; round < 4000; ++round) {
    auto text = kLock;
    for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
      const auto at = below(text.size());
      switch (below(4)) {
        case 0: text.erase(at, 1 + below(8)); break;
        case 1: text.insert(at, 1, kBytes[below(kBytes.size())]); break;
        case 2: text[at] = kBytes[below(kBytes.size())]; break;
        default: text.insert(at, text.substr(below(text.size()), below(40))); break;
      }
    }
    expect_same(text);
  }
}

}  // namespace
}  // namespace lambda_pack
