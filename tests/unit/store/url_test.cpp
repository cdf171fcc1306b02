#include "store/url.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

std::string error_of(std::string_view text) {
  try {
    Url::parse(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Url, IsTakenApart) {
  const Url url = Url::parse("HTTPS://me%40home:p%3Aw@Index.Example:8443/simple/a%2Bb/?q=1#sha256=00");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.user, "me@home");
  EXPECT_EQ(url.password, "p:w");
  EXPECT_EQ(url.host, "index.example");
  EXPECT_EQ(url.port, "8443");
  EXPECT_EQ(url.path, "/simple/a%2Bb/");
  EXPECT_EQ(url.query, "q=1");
  EXPECT_EQ(url.fragment, "sha256=00");
}

TEST(Url, ShowsNoUserinfoAndSendsNone) {
  const Url url = Url::parse("http://me:secret@index.example/simple/?token=secret#secret");
  EXPECT_EQ(url.request(), "http://index.example/simple/?token=secret");
  EXPECT_EQ(url.shown(), "http://index.example/simple/");
}

TEST(Url, HasAnOriginWithItsPort) {
  EXPECT_EQ(Url::parse("https://index.example/a").origin(), "https://index.example:443");
  EXPECT_EQ(Url::parse("http://index.example/a").origin(), "http://index.example:80");
}

TEST(Url, KeepsPercentEscapesAndDecodesOnlyTheFileName) {
  const Url url = Url::parse("http://index.example/packages/torch-2.1.0%2Bcpu-cp311-cp311-linux_x86_64.whl");
  EXPECT_EQ(url.request(), "http://index.example/packages/torch-2.1.0%2Bcpu-cp311-cp311-linux_x86_64.whl");
  EXPECT_EQ(url.file_name(), "torch-2.1.0+cpu-cp311-cp311-linux_x86_64.whl");
}

TEST(Url, EncodesWhatPagesInTheWildHold) {
  EXPECT_EQ(Url::parse("http://index.example/a b/\xc3\xa9").request(), "http://index.example/a%20b/%C3%A9");
}

TEST(Url, ResolvesReferencesAsBrowsersDo) {
  const Url page = Url::parse("http://index.example/simple/foo/?page=1");
  EXPECT_EQ(page.resolved("../../files/foo.whl#sha256=0").request(), "http://index.example/files/foo.whl");
  EXPECT_EQ(page.resolved("../../files/foo.whl#sha256=0").fragment, "sha256=0");
  EXPECT_EQ(page.resolved("foo.whl").request(), "http://index.example/simple/foo/foo.whl");
  EXPECT_EQ(page.resolved("/foo.whl?x=y").request(), "http://index.example/foo.whl?x=y");
  EXPECT_EQ(page.resolved("//files.example/foo.whl").request(), "http://files.example/foo.whl");
  EXPECT_EQ(page.resolved("https://files.example/foo.whl").request(), "https://files.example/foo.whl");
}

TEST(Url, DoesNotHandItsUserinfoToWhatItLinksTo) {
  const Url page = Url::parse("http://me:secret@index.example/simple/foo/");
  EXPECT_EQ(page.resolved("foo.whl").user, "");
  EXPECT_EQ(page.resolved("foo.whl").password, "");
}

TEST(Url, OfAFileIsAPathAndBack) {
  const Url url = file_url("/a folder/with #odd%/names+more.whl");
  EXPECT_EQ(url.request(), "file:///a%20folder/with%20%23odd%25/names%2Bmore.whl");
  EXPECT_EQ(url.local_path(), "/a folder/with #odd%/names+more.whl");
  EXPECT_EQ(Url::parse(url.request()).local_path(), url.local_path());
  EXPECT_EQ(url.resolved("b.whl").local_path(), "/a folder/with #odd%/b.whl");
}

TEST(Url, OfAnotherSchemeIsRefused) {
  EXPECT_EQ(error_of("ftp://index.example/a"), "\"ftp://index.example/a\" is no http, https or file URL");
  EXPECT_EQ(error_of("simple/foo"), "\"simple/foo\" is no URL");
  EXPECT_EQ(error_of("http://"), "\"http://\" is no URL");
  EXPECT_THROW(Url::parse("http://index.example/").resolved("ftp://index.example/a"), Error);
}

TEST(Url, ThatIsRefusedDoesNotShowItsUserinfo) {
  EXPECT_EQ(error_of("ftp://me:secret@index.example/a?token=secret"),
            "\"index.example/a\" is no http, https or file URL");
}

TEST(Url, IsToldFromAPath) {
  EXPECT_TRUE(looks_like_url("https://index.example"));
  EXPECT_TRUE(looks_like_url("file:/wheels"));
  EXPECT_FALSE(looks_like_url("/wheels"));
  EXPECT_FALSE(looks_like_url("./wheels:more"));
  EXPECT_FALSE(looks_like_url("C://wheels"));
}

}  // namespace
}  // namespace lambda_pack
