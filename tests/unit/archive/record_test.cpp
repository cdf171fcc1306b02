#include "archive/record.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "refusals.hpp"

namespace lambda_pack {
namespace {

using namespace testing;

TEST(Record, FindsRowsByPath) {
  const Record record("b.py,sha256=abc,12\na.py,sha256=def,7\nx-1.dist-info/RECORD,,\n");
  ASSERT_EQ(record.rows().size(), 3u);
  EXPECT_EQ(record.rows()[0].path, "a.py");
  ASSERT_NE(record.find("b.py"), nullptr);
  EXPECT_EQ(record.find("b.py")->hash, "sha256=abc");
  EXPECT_EQ(record.find("b.py")->size, "12");
  EXPECT_EQ(record.find("x-1.dist-info/RECORD")->hash, "");
  EXPECT_EQ(record.find("c.py"), nullptr);
}

TEST(Record, ReadsQuotesLineEndsAndShortLinesAsPythonDoes) {
  const Record record("\"a,b\",sha256=x,1\r\n\"say \"\"hi\"\"\",,\n\nplain\n\"\",,\n\"two\nlines\",,\nlast,sha256=z,3");
  ASSERT_EQ(record.rows().size(), 5u);
  EXPECT_NE(record.find("a,b"), nullptr);
  EXPECT_NE(record.find("say \"hi\""), nullptr);
  EXPECT_NE(record.find("plain"), nullptr);
  EXPECT_NE(record.find("two\nlines"), nullptr);
  EXPECT_EQ(record.find("last")->size, "3");
}

TEST(Record, SaysWhichLineIsNoCsv) {
  const auto said_of = [](const char* text) { return refusal_of([&] { Record record(text); }); };
  EXPECT_EQ(said_of("a,,\n\"b,,\n"), "has an open quote in line 2");
  EXPECT_EQ(said_of("a,,\n\"b\"\"\n"), "has an open quote in line 2");
  EXPECT_EQ(said_of("\"a\"b,,\n"), "has a quote or an end of line in the wrong place in line 1");
  EXPECT_EQ(said_of("a,,\n\nb,\rc,\n"), "has a quote or an end of line in the wrong place in line 3");
  EXPECT_EQ(said_of("a,b,c,d\n"), "has more than three fields in line 1");
}

TEST(Record, WritesWhatItCanReadAgain) {
  const std::vector<RecordRow> rows = {{"a,b", "sha256=x", "1"}, {"plain", "", ""}, {"say \"hi\"", "sha256=y", "2"}};
  const std::string text = record_text(rows);
  EXPECT_EQ(text, "\"a,b\",sha256=x,1\nplain,,\n\"say \"\"hi\"\"\",sha256=y,2\n");
  const Record again(text);
  EXPECT_EQ(record_text(again.rows()), text);
}

}  // namespace
}  // namespace lambda_pack
