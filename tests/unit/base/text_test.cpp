#include "base/text.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

TEST(Quote, LeavesPlainTextAsItIs) { EXPECT_EQ(quote("my_lambda/handler.py"), "\"my_lambda/handler.py\""); }

TEST(Quote, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(quote("a\x1b[31mb\n\t\"\\"), R"("a\x1b[31mb\n\t\"\\")");
  EXPECT_EQ(quote("\x7f"), R"("\x7f")");
  EXPECT_EQ(quote("\xC2\x9B"
                  "31m"),
            R"("\xc2\x9b31m")");  // CSI as one C1 character
  EXPECT_EQ(quote("\xE2\x80\xAE"
                  "yp."),
            R"("\xe2\x80\xaeyp.")");  // right-to-left override
}

TEST(Quote, KeepsUtf8AndEscapesOtherBytes) {
  EXPECT_EQ(quote("naïve"), "\"naïve\"");
  EXPECT_EQ(quote("\xff\xc0\x80"), R"("\xff\xc0\x80")");
}

TEST(Quote, CutsLongTexts) { EXPECT_EQ(quote(std::string(300, 'x'), 3), "\"xxx…\""); }

TEST(Utf8, RefusesOverlongFormsAndSurrogates) {
  EXPECT_TRUE(is_utf8("aé€😀"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xE0\x80\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xE2\x82"));
}

TEST(Split, GivesAnEmptyPieceForAnEmptyText) {
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
}

TEST(Trimmed, TakesSpaceOffBothEnds) { EXPECT_EQ(trimmed(" \t a b\r\n"), "a b"); }

TEST(CloseNames, PutsTheLikeliestFirst) {
  const std::vector<std::string> names{"handler", "handle_event", "utils", "Handler2"};
  EXPECT_EQ(close_names("handlr", names).front(), "handler");
  EXPECT_TRUE(close_names("zzz", names).empty());
}

TEST(HumanBytes, CountsInThousands) {
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(999'999), "1.0 MB");
  EXPECT_EQ(human_bytes(66'300'000), "66.3 MB");
}

TEST(PercentDecoding, LeavesWhatIsNoEscape) {
  EXPECT_EQ(percent_decoded("%41%2b%3A%zz%4"), "A+:%zz%4");
  EXPECT_EQ(percent_decoded("%"), "%");
}

}  // namespace
}  // namespace lambda_pack
