#include "store/http_response.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

ResponseHead head_of(std::initializer_list<std::string_view> lines) {
  ResponseHead head;
  for (const std::string_view line : lines) head.add(line);
  return head;
}

TEST(ResponseHead, KeepsTheFieldsThatDownloadsLookAt) {
  const ResponseHead head = head_of(
      {"HTTP/1.1 206 Partial Content\r\n", "ETAG: \"v1\"\r\n", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
       "content-range: bytes 5-9/10\r\n", "Content-Type: Text/HTML; charset=utf-8\r\n", "Location: /x\r\n", "\r\n"});
  EXPECT_EQ(head.status, 206);
  EXPECT_EQ(head.etag, "\"v1\"");
  EXPECT_EQ(head.last_modified, "Mon, 01 Jan 2024 00:00:00 GMT");
  EXPECT_EQ(range_start(head.content_range), 5U);
  EXPECT_EQ(head.content_type, "text/html");
  EXPECT_EQ(head.location, "/x");
}

TEST(ResponseHead, IsTheLastOfSeveral) {
  const ResponseHead head =
      head_of({"HTTP/1.1 200 Connection established\r\n", "ETag: \"proxy\"\r\n", "\r\n", "HTTP/2 404\r\n"});
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.etag, "");
}

TEST(ResponseHead, OfGarbageIsEmpty) {
  EXPECT_EQ(head_of({"HTTP/", "no colon", ": nothing", ""}).status, 0);
  EXPECT_EQ(head_of({"HTTP/1.1"}).status, 0);
}

TEST(ResponseStatus, IsPassingWhenAnotherAttemptMayHelp) {
  for (const long status : {408L, 425L, 429L, 500L, 502L, 503L, 504L, 599L}) EXPECT_TRUE(is_passing(status)) << status;
  for (const long status : {400L, 401L, 403L, 404L, 410L, 501L, 505L}) EXPECT_FALSE(is_passing(status)) << status;
}

TEST(ResponseStatus, IsNamed) {
  EXPECT_EQ(status_text(404), "404 Not Found");
  EXPECT_EQ(status_text(418), "418");
}

TEST(EntityTags, AreWeakWithTheirPrefix) {
  EXPECT_TRUE(is_strong_etag("\"v1\""));
  EXPECT_FALSE(is_strong_etag("W/\"v1\""));
  EXPECT_FALSE(is_strong_etag(""));
}

TEST(ContentRange, IsReadStrictly) {
  EXPECT_EQ(range_start("bytes 100-199/200"), 100U);
  EXPECT_EQ(range_start("Bytes 0-1/*"), 0U);
  EXPECT_EQ(range_start("bytes */200"), std::nullopt);
  EXPECT_EQ(range_start("bytes 100"), std::nullopt);
  EXPECT_EQ(range_start("bytes -5-9/10"), std::nullopt);
  EXPECT_EQ(range_start("items 1-2/3"), std::nullopt);
  EXPECT_EQ(range_start(""), std::nullopt);
  EXPECT_EQ(range_start("bytes 99999999999999999999-1/2"), std::nullopt);
}

}  // namespace
}  // namespace lambda_pack
