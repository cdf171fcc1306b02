#include "marshal/canonical.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

using namespace std::string_literals;

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

// A string as the compiler of one module alone marshals it: interned when it could be a name.
std::string text(std::string_view content, bool flagged = false) {
  const char kind = content.find_first_of(" -/.") == content.npos ? 'Z' : 'z';
  return std::string(1, static_cast<char>(kind | (flagged ? 0x80 : 0))) + static_cast<char>(content.size()) +
         std::string(content);
}

std::string tuple(const std::vector<std::string>& items, bool flagged = false) {
  std::string bytes = std::string(1, static_cast<char>(')' | (flagged ? 0x80 : 0))) + static_cast<char>(items.size());
  for (const std::string& item : items) bytes += item;
  return bytes;
}

std::string frozenset(const std::vector<std::string>& items) {
  std::string bytes = ">" + number(static_cast<std::uint32_t>(items.size()));
  for (const std::string& item : items) bytes += item;
  return bytes;
}

std::string reference(std::uint32_t to) { return "r" + number(to); }

// A code object of Python 3.12 whose constants are `constants`.
std::string code(const std::string& constants, bool flagged = false) {
  std::string bytes(1, static_cast<char>('c' | (flagged ? 0x80 : 0)));
  for (std::uint32_t value : {0, 0, 0, 2, 64}) bytes += number(value);
  bytes += "s" + number(2) + "\x97\x00"s + constants;
  for (int i = 0; i < 3; ++i) bytes += tuple({});  // names, local variables, their kinds
  for (const char* name : {"/var/task/a.py", "f", "C.f"}) bytes += text(name);
  return bytes + number(7) + "s" + number(1) + "l" + "s" + number(1) + "e";
}

std::string canonical(const std::string& stream, int minor = 12) { return canonical_marshal(stream, minor); }

std::string refusal(const std::string& stream, int minor = 12) {
  try {
    canonical_marshal(stream, minor);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(CanonicalMarshal, LeavesAloneWhatIsCanonical) {
  const std::string stream =
      code(tuple({"N", "i" + number(5), text("x", true), reference(0), frozenset({"T", text("a")})}));
  EXPECT_EQ(canonical(stream), stream);
}

TEST(CanonicalMarshal, DropsFlagsThatNothingRefersTo) {
  EXPECT_EQ(canonical(code(tuple({text("x", true), "N"}, true), true)), code(tuple({text("x"), "N"})));
}

TEST(CanonicalMarshal, NumbersReferencesAgainAfterDroppingFlags) {
  const std::string stream = code(tuple({text("unused", true), text("used", true), reference(2)}, true));
  EXPECT_EQ(canonical(stream), code(tuple({text("unused"), text("used", true), reference(0)})));
}

TEST(CanonicalMarshal, SortsSetsWhoseOrderFollowsTheHashSeed) {
  const std::string one = code(tuple({frozenset({text("b"), text("a"), "N", "i" + number(3)})}));
  const std::string other = code(tuple({frozenset({"i" + number(3), text("a"), "N", text("b")})}));
  EXPECT_EQ(canonical(one), canonical(other));
  EXPECT_EQ(canonical(one), code(tuple({frozenset({"N", text("a"), text("b"), "i" + number(3)})})));
}

TEST(CanonicalMarshal, SortsSetsInSets) {
  const std::string one = code(tuple({frozenset({frozenset({text("b"), text("a")}), frozenset({text("c")})})}));
  const std::string other = code(tuple({frozenset({frozenset({text("c")}), frozenset({text("a"), text("b")})})}));
  EXPECT_EQ(canonical(one), canonical(other));
}

// The element that both sets hold stands first in the one that is written first.
TEST(CanonicalMarshal, FirstOfSeveralPlacesIsWhereSortingPutsIt) {
  const std::string one = code(tuple({frozenset({text("b", true), text("a", true)}), reference(0), reference(1)}));
  EXPECT_EQ(canonical(one), code(tuple({frozenset({text("a", true), text("b", true)}), reference(1), reference(0)})));
}

// Strings of one character are the process's, which may have interned them before it compiled this.
TEST(CanonicalMarshal, InternsExactlyWhatCouldBeAName) {
  EXPECT_EQ(canonical(code(tuple({"Z\x01{", "z\x01x", "A" + number(1) + "-", "t" + number(2) + "\xc3\xa4"}))),
            code(tuple({"z\x01{", "Z\x01x", "a" + number(1) + "-", "u" + number(2) + "\xc3\xa4"})));
}

TEST(CanonicalMarshal, MakesEqualConstantsOneObject) {
  const std::string set = frozenset({text("a"), text("b c")});
  const std::string flagged = std::string(1, static_cast<char>('>' | 0x80)) + set.substr(1);
  EXPECT_EQ(canonical(code(tuple({set, tuple({set}), "N", "N", tuple({}), tuple({})}))),
            code(tuple({flagged, tuple({reference(0)}), "N", "N", tuple({}), tuple({})})));
}

// 0.0 and -0.0, 1 and True are equal, and different constants.
TEST(CanonicalMarshal, TellsApartWhatOnlyComparesEqual) {
  const std::string stream =
      code(tuple({"g" + std::string(8, '\0'), "g" + std::string(7, '\0') + "\x80", "i" + number(1), "T"}));
  EXPECT_EQ(canonical(stream), stream);
}

TEST(CanonicalMarshal, LeavesEqualCodeObjectsApart) {
  const std::string inner = code(tuple({"N"}));
  EXPECT_EQ(canonical(code(tuple({inner, inner}))), canonical(code(tuple({inner, canonical(inner)}))));
  EXPECT_GT(canonical(code(tuple({inner, inner}))).size(),
            canonical(code(tuple({code(tuple({"N"}), true), reference(0)}))).size());
}

TEST(CanonicalMarshal, KnowsTheCodeObjectsOfBothKinds) {
  std::string old = "c";
  for (std::uint32_t value : {0, 0, 0, 0, 2, 64}) old += number(value);
  for (int i = 0; i < 8; ++i) old += text(std::string("object ") + static_cast<char>('a' + i));
  old += number(1) + text("line numbers");
  EXPECT_EQ(canonical(old, 10), old);
  EXPECT_NE(refusal(old, 11), "accepted");
  EXPECT_NE(refusal(code(tuple({})), 10), "accepted");
}

TEST(CanonicalMarshal, TakesSlicesFrom314On) {
  const std::string stream = code(tuple({":N" + ("i" + number(2)) + "N"}));
  EXPECT_EQ(canonical(stream, 14), stream);
  EXPECT_EQ(refusal(stream, 13), "marshalled code is damaged: there is an object of a kind that code does not hold");
}

TEST(CanonicalMarshal, RefusesEveryStreamThatEndsTooEarly) {
  const std::string stream = code(tuple({text("x", true), reference(0), frozenset({"T"}), "l" + number(2) + "abcd"}));
  EXPECT_EQ(refusal(stream), "accepted");
  for (std::size_t size = 0; size < stream.size(); ++size)
    EXPECT_NE(refusal(stream.substr(0, size)), "accepted") << size;
  EXPECT_EQ(refusal(stream + "N"), "marshalled code is damaged: something follows it");
}

TEST(CanonicalMarshal, RefusesReferencesThatLeadNowhere) {
  EXPECT_EQ(refusal(code(tuple({reference(0)}))), "marshalled code is damaged: it refers to what is not there");
  EXPECT_EQ(refusal(code(tuple({reference(0)}, true))), "marshalled code is damaged: an object holds itself");
  EXPECT_EQ(refusal(code(tuple({reference(0)}), true)), "marshalled code is damaged: an object holds itself");
}

TEST(CanonicalMarshal, RefusesSizesBeyondTheEnd) {
  for (const char* kind : {"(", ">", "s", "u", "a", "l"}) {
    EXPECT_NE(refusal(code(kind + number(0x7fffffff))), "accepted") << kind;
    EXPECT_NE(refusal(code(kind + number(0x80000000))), "accepted") << kind;
  }
}

TEST(CanonicalMarshal, RefusesWhatNoCompilerMakes) {
  for (const std::string& stream : {"["s + number(0), "{0"s, "<"s + number(0), "0"s, "S"s, "?"s, "\xce"s, "R"s}) {
    EXPECT_NE(refusal(code(tuple({stream}))), "accepted") << stream;
  }
  EXPECT_EQ(refusal("N"), "marshalled code is damaged: it is no code object");
}

TEST(CanonicalMarshal, RefusesNestingWithoutEnd) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += ")\x01";
  EXPECT_EQ(refusal(code(deep + "N")), "marshalled code is damaged: it is nested too deeply");
}

// Each level holds the one below twice: 2^40 elements when written out.
TEST(CanonicalMarshal, RefusesSetsThatGrowWithoutEnd) {
  std::vector<std::string> levels{tuple({"N", "N"}, true)};
  for (std::uint32_t i = 0; i < 40; ++i) levels.push_back(tuple({reference(i), reference(i)}, true));
  levels.push_back(frozenset({reference(40)}));
  EXPECT_EQ(refusal(code(tuple(levels))), "marshalled code is damaged: its sets are too large");
}

}  // namespace
}  // namespace lambda_pack
