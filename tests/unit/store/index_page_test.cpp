#include "store/index_page.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

const std::string kHashA(64, 'a'), kHashB(64, 'b');
const Url kPage = Url::parse("http://index.example/simple/foo/");

FileHash sha256(const std::string& hex) { return {"sha256", hex}; }

LockedFile locked(const std::string& name, const std::string& hex) {
  LockedFile file;
  file.name = name;
  file.hashes = {sha256(hex)};
  return file;
}

std::string error_of(std::string_view text, std::string_view type) {
  try {
    parse_index_page(text, type, kPage);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(IndexPage, InJsonListsFilesWithHashesAndSizes) {
  const IndexPage page = parse_index_page(
      R"({"meta": {"api-version": "1.1"}, "name": "foo", "versions": ["1.0"], "files": [
        {"filename": "foo-1.0-py3-none-any.whl", "url": "../../files/foo-1.0-py3-none-any.whl", "size": 1234,
         "core-metadata": {"sha256": ")" +
          kHashB + R"("}, "yanked": "broken", "hashes": {"sha256": ")" + kHashA + R"("},
         "requires-python": ">=3.8", "provenance": null},
        {"filename": "foo-1.0.tar.gz", "url": "https://files.example/foo-1.0.tar.gz", "hashes": {}}]})",
      "application/vnd.pypi.simple.v1+json", kPage);
  ASSERT_EQ(page.files.size(), 2U);
  EXPECT_EQ(page.files[0].name, "foo-1.0-py3-none-any.whl");
  EXPECT_EQ(page.files[0].hashes, std::vector{sha256(kHashA)});
  EXPECT_EQ(page.files[0].size, 1234U);
  EXPECT_EQ(page.url_of(page.files[0]).request(), "http://index.example/files/foo-1.0-py3-none-any.whl");
  EXPECT_EQ(page.url_of(page.files[1]).request(), "https://files.example/foo-1.0.tar.gz");
  EXPECT_TRUE(page.files[1].hashes.empty());
}

TEST(IndexPage, InHtmlListsFilesByTheirLinks) {
  const IndexPage page = parse_index_page(
      "<!DOCTYPE html><html><body><a href=\"../../files/foo-1.0%2Bcpu-py3-none-any.whl#sha256=" + kHashA +
          "\" data-yanked=\"\">foo</a><a href=\"foo-1.0.tar.gz\">other text</a></body></html>",
      "text/html", kPage);
  ASSERT_EQ(page.files.size(), 2U);
  EXPECT_EQ(page.files[0].name, "foo-1.0+cpu-py3-none-any.whl");
  EXPECT_EQ(page.files[0].hashes, std::vector{sha256(kHashA)});
  EXPECT_EQ(page.url_of(page.files[0]).request(), "http://index.example/files/foo-1.0%2Bcpu-py3-none-any.whl");
  EXPECT_EQ(page.files[1].name, "foo-1.0.tar.gz");
}

TEST(IndexPage, InHtmlMayHaveABase) {
  const IndexPage page =
      parse_index_page(R"(<base href="https://files.example/x/"><a href="foo-1.0.tar.gz">)", "text/html", kPage);
  EXPECT_EQ(page.url_of(page.files.at(0)).request(), "https://files.example/x/foo-1.0.tar.gz");
}

TEST(IndexPage, IsToldByItsTextWhenItsTypeSaysNothing) {
  EXPECT_EQ(parse_index_page(R"( {"files": []})", "", kPage).files.size(), 0U);
  EXPECT_EQ(parse_index_page(R"(<a href="foo-1.0.tar.gz">)", "text/plain", kPage).files.size(), 1U);
}

TEST(IndexPage, ThatIsNoneIsRefused) {
  const std::string begin = "http://index.example/simple/foo/ is no package index page: ";
  EXPECT_EQ(error_of("garbage", "text/plain"), begin + "it is \"text/plain\"");
  EXPECT_EQ(error_of("garbage", ""), begin + "it is neither HTML nor JSON");
  EXPECT_EQ(error_of(std::string("<\0\0", 3), "image/png"), begin + "it is \"image/png\"");
  EXPECT_EQ(error_of(R"({"files": [)", "application/json"), begin + "its JSON is damaged");
  EXPECT_EQ(error_of("garbage", "application/vnd.pypi.simple.v1+json"), begin + "its JSON is damaged");
  EXPECT_EQ(error_of(R"({"message": "log in"})", "application/json"), begin + "its JSON has no \"files\"");
  EXPECT_EQ(error_of(R"({"meta": {"api-version": "2.0"}, "files": []})", "application/json"),
            begin + "it has version \"2.0\" of the simple API, 1.x is known");
}

TEST(IndexPage, FindsAFileByNameAndHash) {
  IndexPage page{kPage, {}};
  page.files.push_back({"foo-1.0.tar.gz", "1", {sha256(kHashA)}, {}});
  page.files.push_back({"foo-1.0.zip", "2", {}, {}});
  page.files.push_back({"foo-1.1.zip", "3", {{"md5", "0"}}, {}});
  EXPECT_EQ(page.find(locked("foo-1.0.tar.gz", kHashA))->href, "1");
  EXPECT_EQ(page.find(locked("foo-1.0.zip", kHashB))->href, "2");
  EXPECT_EQ(page.find(locked("foo-1.1.zip", kHashB))->href, "3");
  EXPECT_EQ(page.find(locked("Foo-1.0.tar.gz", kHashA))->href, "1") << "the hash tells that it is the same file";
  EXPECT_EQ(page.find(locked("foo-1.0.tar.gz", kHashB)), nullptr) << "another file under that name";
  EXPECT_NE(page.named("foo-1.0.tar.gz"), nullptr);
  EXPECT_EQ(page.find(locked("foo-2.0.tar.gz", kHashB)), nullptr);
}

}  // namespace
}  // namespace lambda_pack
