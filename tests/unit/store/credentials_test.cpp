#include "store/credentials.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace lambda_pack {
namespace {

std::string sent_to(const CredentialBook& book, const std::string& url) {
  const Credentials credentials = book.credentials_for(Url::parse(url));
  return credentials.empty() ? "" : credentials.user + ":" + credentials.password;
}

CredentialBook book_of(const std::string& url, const std::string& name = "") {
  CredentialBook book;
  book.add_index(Url::parse(url), name);
  return book;
}

TEST(Credentials, OfAnIndexGoToItsOriginOnly) {
  const CredentialBook book = book_of("https://me:secret@index.example/simple/");
  EXPECT_EQ(sent_to(book, "https://index.example/files/foo.whl"), "me:secret");
  EXPECT_EQ(sent_to(book, "https://index.example:443/files/foo.whl"), "me:secret");
  EXPECT_EQ(sent_to(book, "http://index.example/files/foo.whl"), "") << "another scheme";
  EXPECT_EQ(sent_to(book, "https://index.example:8443/files/foo.whl"), "") << "another port";
  EXPECT_EQ(sent_to(book, "https://files.index.example/foo.whl"), "") << "another host";
}

TEST(Credentials, InTheUrlItselfComeFirst) {
  const CredentialBook book = book_of("https://me:secret@index.example/simple/");
  EXPECT_EQ(sent_to(book, "https://you:other@index.example/foo.whl"), "you:other");
}

TEST(Credentials, ComeFromTheVariablesForTheIndexsName) {
  setenv("POETRY_HTTP_BASIC_MY_INDEX_USERNAME", "poet", 1);
  setenv("POETRY_HTTP_BASIC_MY_INDEX_PASSWORD", "verse", 1);
  setenv("UV_INDEX_OTHER_USERNAME", "token", 1);
  EXPECT_EQ(sent_to(book_of("https://index.example/", "my-index"), "https://index.example/foo/"), "poet:verse");
  EXPECT_EQ(sent_to(book_of("https://index.example/", "other"), "https://index.example/foo/"), "token:");
  EXPECT_EQ(sent_to(book_of("https://index.example/", "third"), "https://index.example/foo/"), "");
  unsetenv("POETRY_HTTP_BASIC_MY_INDEX_USERNAME");
  unsetenv("POETRY_HTTP_BASIC_MY_INDEX_PASSWORD");
  unsetenv("UV_INDEX_OTHER_USERNAME");
}

TEST(Credentials, AreThoseOfTheIndexWithTheClosestPath) {
  CredentialBook book;
  book.add_index(Url::parse("https://a:1@index.example/team-a/simple/"), "");
  book.add_index(Url::parse("https://b:2@index.example/team-b/simple/"), "");
  EXPECT_EQ(sent_to(book, "https://index.example/team-b/files/foo.whl"), "b:2");
  EXPECT_EQ(sent_to(book, "https://index.example/team-a/files/foo.whl"), "a:1");
}

TEST(Credentials, ThatAreMissingAreHintedAtByName) {
  const CredentialBook book = book_of("https://index.example/simple/", "my-index");
  EXPECT_EQ(
      book.hint_for(Url::parse("https://index.example/simple/foo/")),
      "set POETRY_HTTP_BASIC_MY_INDEX_USERNAME and POETRY_HTTP_BASIC_MY_INDEX_PASSWORD (or "
      "UV_INDEX_MY_INDEX_USERNAME and UV_INDEX_MY_INDEX_PASSWORD), or put a line for index.example into ~/.netrc");
  EXPECT_EQ(book.hint_for(Url::parse("https://files.example/foo.whl")),
            "put a line for files.example into ~/.netrc, or a user name and password into the index's URL "
            "(UV_DEFAULT_INDEX or PIP_INDEX_URL)");
}

}  // namespace
}  // namespace lambda_pack
